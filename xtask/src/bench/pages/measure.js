// Put into the page under test: what a person would see, and when. Times are milliseconds of the page's own clock.
if (window.sheafBench === undefined) {
  /** After the next frame was painted: the first task that follows its callbacks. */
  const painted = () => new Promise((done) => {
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => done(performance.now());
      port2.postMessage(0);
    });
  });

  /** Whatever takes longer than this does not come any more. */
  const PATIENCE = 60_000;

  const until = (holds) => new Promise((done, fail) => {
    if (holds()) { done(); return; }
    const timer = setTimeout(() => { observer.disconnect(); fail(new Error(`never came true: ${holds}`)); }, PATIENCE);
    const observer = new MutationObserver(() => {
      if (!holds()) return;
      clearTimeout(timer);
      observer.disconnect();
      done();
    });
    observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
  });

  const part = (name) => document.querySelector(`[data-testid="${name}"]`);
  const rows = () => [...document.querySelectorAll('[data-testid="note-row"]')];
  const places = () => [...document.querySelectorAll('[data-testid="sidebar"] [role="treeitem"]')];
  const named = (name) => places().find((p) => p.querySelector('.tx').textContent === name);
  const list = () => [...part('note-list').querySelectorAll('*')].find((element) => element.scrollHeight > element.clientHeight + 1000) ?? part('note-list');

  const timed = async (act, holds) => {
    const start = performance.now();
    act();
    await until(holds);
    return (await painted()) - start;
  };

  let keys = [];
  let listening = false;

  window.sheafBench = {
    painted, until,

    /** From a key's own time to the paint that follows it, for every key since the last question. */
    listen() {
      keys = [];
      if (listening) return;
      listening = true;
      addEventListener('keydown', (event) => {
        const at = event.timeStamp;
        void painted().then((then) => keys.push(then - at));
      }, { capture: true });
    },
    heard: () => keys,

    /** From a click on a note that is not open to its text. */
    async open(title) {
      const row = rows().find((r) => r.textContent.includes(title));
      if (row === undefined) throw new Error(`no note ${title} in sight`);
      const other = rows().find((r) => r !== row);
      if (part('note-title')?.value === title) {
        other.click();
        await until(() => part('note-title')?.value !== title);
        await painted();
      }
      return timed(() => row.click(), () => part('note-title')?.value === title && part('editor')?.textContent.includes(title));
    },

    /** To a note that has nothing to do with the measurement. */
    async leave(title) {
      rows().find((r) => !r.textContent.includes(title)).click();
      await until(() => part('note-title')?.value !== title);
      return painted();
    },

    /** The caret to where people write: into a paragraph in the middle of what is shown. */
    async caret() {
      const lines = [...document.querySelectorAll('.cm-line')].filter((line) => line.textContent.length > 40);
      const line = lines[Math.floor(lines.length / 2)] ?? lines[0];
      document.querySelector('.cm-content').focus();
      const range = document.createRange();
      range.selectNodeContents(line);
      range.collapse(false);
      getSelection().removeAllRanges();
      getSelection().addRange(range);
      await painted();
      return true;
    },

    place(name) {
      const place = named(name);
      if (place === undefined) throw new Error(`no place ${name}`);
      const before = rows()[0]?.dataset.id;
      return timed(() => place.click(), () => place.getAttribute('aria-selected') === 'true' && rows().length > 0 && rows()[0].dataset.id !== before);
    },

    notebooks: () => places().filter((p) => p.draggable).map((p) => p.querySelector('.tx').textContent),

    /** Rolls the list for a while; answers how long each frame took and how many rows the page held at most. */
    async scroll(milliseconds, step) {
      const box = list();
      const frames = [];
      let most = 0;
      const start = performance.now();
      let last = await new Promise((done) => requestAnimationFrame(done));
      while (performance.now() - start < milliseconds) {
        box.scrollTop += step;
        const now = await new Promise((done) => requestAnimationFrame(done));
        frames.push(now - last);
        last = now;
        most = Math.max(most, rows().length);
      }
      const visible = Math.max(1, Math.ceil(box.clientHeight / (rows()[0]?.offsetHeight ?? 102)));
      return { frames, rows: most / visible };
    },

    /** To the end of the list until its last rows are there and painted. */
    async end() {
      const box = list();
      const took = await timed(() => { box.scrollTop = box.scrollHeight; }, () => rows().some((r) => r.getAttribute('aria-posinset') === r.getAttribute('aria-setsize')));
      box.scrollTop = 0;
      await until(() => rows().some((r) => r.getAttribute('aria-posinset') === '1'));
      return took;
    },

    /** A letter more in a field, until what it finds is painted. */
    async type(testid, text, found) {
      const field = part(testid);
      field.focus();
      const results = () => document.querySelectorAll(`[data-testid="${found}"]`);
      // What the rows answer stands beside them; that something changed says nothing: the old rows stay until then.
      const answered = () => (found === 'choice' ? document.querySelector('#choices') : part('note-list')).dataset.answers;
      const times = [];
      for (let length = 1; length <= text.length; length += 1) {
        const wanted = text.slice(0, length);
        times.push(await timed(() => {
          const { set } = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value');
          set.call(field, wanted);
          field.dispatchEvent(new InputEvent('input', { bubbles: true, data: wanted.at(-1), inputType: 'insertText' }));
        }, () => answered() === wanted && results().length > 0));
        // As fast as people type.
        await new Promise((done) => setTimeout(done, 150));
      }
      return times;
    },

    clear(testid) {
      const field = part(testid);
      const { set } = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value');
      set.call(field, '');
      field.dispatchEvent(new InputEvent('input', { bubbles: true, inputType: 'deleteContentBackward' }));
      return painted();
    },

    /** From a change of the text to the preview that shows it. */
    async preview(word) {
      return timed(() => document.execCommand('insertText', false, ` ${word}`), () => part('preview').textContent.includes(word));
    },

    /** Five megabytes in one go. */
    async paste(megabytes) {
      const mark = `pasted${performance.now().toFixed(0)}`;
      const text = `${'ink and straw carry everything\n'.repeat(megabytes * 1_000_000 / 31)}\n${mark}`;
      const data = new DataTransfer();
      data.setData('text/plain', text);
      return timed(() => document.querySelector('.cm-content').dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true })),
        () => document.querySelector('.cm-content').textContent.includes(mark));
    },
  };
}

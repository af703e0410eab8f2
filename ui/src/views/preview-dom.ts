// From the engine's HTML to nodes on the page: attachments find their bytes, pictures from elsewhere
// wait for a click, task boxes work, code gets its colours. The HTML is sanitised by the engine; this
// only makes elements and sets attributes, and never builds HTML from text.

import { currentHost } from '../ipc/call';
import { icons, type IconName } from '../parts/icons';
import { text } from '../text';
import { contents } from './contents';
import { breakUp } from './long-runs';
import { swatches } from './swatches';

const SVG = 'http://www.w3.org/2000/svg';

function icon(name: IconName): Element {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 16 16');
  svg.setAttribute('width', '16');
  svg.setAttribute('height', '16');
  svg.setAttribute('class', 'i');
  svg.setAttribute('aria-hidden', 'true');
  const group = document.createElementNS(SVG, 'g');
  for (const [key, value] of Object.entries({ fill: 'none', stroke: 'currentColor', 'stroke-width': '1.5', 'stroke-linecap': 'round', 'stroke-linejoin': 'round' })) group.setAttribute(key, value);
  group.innerHTML = icons[name];
  svg.append(group);
  return svg;
}

export interface PreviewOptions {
  onshow: () => void;
  readOnly: boolean;
}

export function previewNodes(html: string, options: PreviewOptions): DocumentFragment {
  const template = document.createElement('template');
  template.innerHTML = html;
  const { content } = template;
  for (const image of content.querySelectorAll('img')) attachment(image);
  for (const place of content.querySelectorAll<HTMLElement>('.remote-image[data-src]')) remotePicture(place, options.onshow);
  for (const input of content.querySelectorAll<HTMLInputElement>('input[type="checkbox"]')) taskBox(input, options.readOnly);
  for (const callout of content.querySelectorAll<HTMLElement>('.callout')) decorateCallout(callout);
  for (const pre of content.querySelectorAll('pre')) codeBlock(pre);
  contents(content);
  swatches(content);
  breakUp(content);
  return content;
}

/** However the engine spells the place of attachments, the host knows where its own are. */
const attachmentId = /^(?:inkdrop:\/\/|sheaf-file:\/\/localhost\/|http:\/\/sheaf-file\.localhost\/)((?:sheaf-)?file(?::|%3A).+)$/i;

/** Sizes of pictures that were seen, so that their places are kept while they load again. */
const sizes = new Map<string, { width: number; height: number }>();

function keepPlace(image: HTMLImageElement): void {
  if (image.hasAttribute('width') || image.hasAttribute('height')) return;
  const { src } = image;
  const known = sizes.get(src);
  if (known === undefined) {
    image.addEventListener('load', () => { if (image.naturalWidth > 0) sizes.set(src, { width: image.naturalWidth, height: image.naturalHeight }); }, { once: true });
    return;
  }
  image.width = known.width;
  image.height = known.height;
  // The place keeps the picture's proportions when it is narrower than the picture.
  image.style.height = 'auto';
}

function attachment(image: HTMLImageElement): void {
  const source = image.getAttribute('src') ?? '';
  const id = attachmentId.exec(source)?.[1];
  if (id !== undefined) image.src = currentHost().attachmentUrl(decodeURIComponent(id));
  if (/^https?:/i.test(source)) {
    // Who copies the picture takes its own address along.
    image.dataset['address'] = source;
    image.src = currentHost().webPictureUrl(source);
  }
  image.loading = 'lazy';
  image.decoding = 'async';
  keepPlace(image);
}

function remotePicture(place: HTMLElement, onshow: () => void): void {
  const row = document.createElement('span');
  row.className = 'remote-row';
  const label = document.createElement('span');
  let host = '';
  try {
    host = new URL(place.dataset['src'] ?? '').host;
  } catch {
    host = place.dataset['src'] ?? '';
  }
  label.textContent = text.editor.remoteImage(host);
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'btn xs';
  button.textContent = text.editor.showImage;
  button.addEventListener('click', onshow);
  row.append(icon('globe'), label, button);
  place.replaceWith(row);
}

function taskBox(input: HTMLInputElement, readOnly: boolean): void {
  input.disabled = readOnly || input.dataset['offset'] === undefined;
  const item = input.closest('li');
  if (input.checked) item?.classList.add('done');
  const words = item?.textContent?.trim().split('\n')[0]?.slice(0, 120);
  if (words !== undefined && words !== '') input.setAttribute('aria-label', words);
}

const callouts: Record<keyof typeof text.editor.callouts, { icon: IconName; tone: string }> = {
  note: { icon: 'info', tone: '' }, tip: { icon: 'ok', tone: 'good' }, important: { icon: 'info', tone: '' }, warning: { icon: 'alert', tone: 'warning' }, caution: { icon: 'error', tone: 'trouble' },
};

function decorateCallout(callout: HTMLElement): void {
  const kind = /callout-(\w+)/.exec(callout.className)?.[1] as keyof typeof callouts | undefined;
  const style = callouts[kind ?? 'note'];
  if (style.tone !== '') callout.classList.add(style.tone);
  const body = document.createElement('div');
  const title = document.createElement('b');
  title.textContent = text.editor.callouts[kind ?? 'note'];
  body.append(title, ...callout.childNodes);
  callout.append(icon(style.icon), body);
}

/** A frame around the block, so that the name of its language stays while the code is scrolled. */
function codeBlock(pre: HTMLPreElement): void {
  const frame = document.createElement('div');
  frame.className = 'code';
  const name = /language-(\S+)/.exec(pre.querySelector('code')?.className ?? '')?.[1];
  if (name !== undefined) frame.dataset['language'] = name;
  // What scrolls must be reachable by keyboard.
  pre.tabIndex = 0;
  pre.replaceWith(frame);
  frame.append(pre);
}

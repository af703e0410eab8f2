// What is copied out of the preview: pictures of the web under their own addresses, because ours mean something in this
// window alone.

export function copied(event: ClipboardEvent): void {
  const selection = getSelection();
  if (selection === null || selection.isCollapsed || event.clipboardData === null) return;
  // A document that loads nothing.
  const aside = document.implementation.createHTMLDocument('').body;
  for (let index = 0; index < selection.rangeCount; index += 1) aside.append(aside.ownerDocument.adoptNode(selection.getRangeAt(index).cloneContents()));
  const pictures = aside.querySelectorAll<HTMLImageElement>('img[data-address]');
  if (pictures.length === 0) return;
  for (const picture of pictures) {
    picture.setAttribute('src', picture.dataset['address'] ?? '');
    picture.removeAttribute('data-address');
  }
  event.clipboardData.setData('text/html', aside.innerHTML);
  event.clipboardData.setData('text/plain', selection.toString());
  event.preventDefault();
}

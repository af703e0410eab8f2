// The older client's test files import scripts by relative paths, some of which its package does not contain. They are
// loaded before, as scripts; here those imports become nothing.

const SCRIPTS = /\/(regenerator|sfjs|chai|chai-as-promised-built|lodash\.custom)\.js$/

export async function resolve(specifier, context, next) {
  if (SCRIPTS.test(specifier) && context.parentURL?.includes('/standard-file-js/test/')) {
    return { url: 'data:text/javascript,', shortCircuit: true }
  }
  return next(specifier, context)
}

export async function load(url, context, next) {
  if (url.includes('/standard-file-js/test/')) return next(url, { ...context, format: 'module' })
  return next(url, context)
}

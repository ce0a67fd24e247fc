'use strict';
/*
 * A transform for jscodeshift: `npx axios-bearer migrate <path>` runs it. It replaces axios-auth-refresh, axios-token-interceptor and
 * the hand-written queue (a flag such as `isRefreshing`, and the requests that wait) by `attachBearer`, and removes what only they
 * needed. What it cannot know, where the token is in the answer and how long it lives, it marks with TODO(axios-bearer).
 */

const RETURN_TOKEN =
  'TODO(axios-bearer): return the token here, as { accessToken, expiresInSeconds }, in place of storing it.';

module.exports = function toAxiosBearer(file, { jscodeshift: j }) {
  const root = j(file.source);
  const { body } = root.get().node.program;
  const [first] = body;
  const attached = [fromAuthRefresh, fromTokenInterceptor, fromQueue].flatMap((from) =>
    from({ j, root }),
  );
  if (attached.length === 0) return undefined;
  removeTokenInterceptors({ j, root }, attached);
  optOutOfReplay({ j, root });
  importOurs({ j, root });
  if (/\.[cm]?tsx?$/.test(file.path)) assertBaseURL({ j, root });
  // The comment at the top of the file stays when the import below it goes.
  if (body[0] !== first) body[0].comments = first.comments;
  return root.toSource({ quote: 'single' });
};

/** `createAuthRefresh(instance, refresh, options)`, under any of its names. */
function fromAuthRefresh({ j, root }) {
  const names = removeImport({ j, root }, 'axios-auth-refresh');
  return replaceEach(j, root.find(j.CallExpression), (call) => {
    if (call.callee.type !== 'Identifier' || !names.includes(call.callee.name)) return undefined;
    const [instance, refresh, options] = call.arguments;
    const todo = [RETURN_TOKEN];
    if (takesFailedRequest({ j, root }, refresh))
      todo.push(
        'TODO(axios-bearer): it gets { params, signal } and no failed request any more: the header is written for you.',
      );
    if (options !== undefined)
      todo.push(
        `TODO(axios-bearer): these options are gone: ${j(options).toSource().replaceAll(/\s+/g, ' ')}. See docs/migrating/axios-auth-refresh.md.`,
      );
    return attachment(j, instance, refresh, todo);
  });
}

/** Whether the function, given in place or by its name, has a parameter. */
function takesFailedRequest({ j, root }, refresh) {
  const named = { id: { type: 'Identifier', name: refresh.name } };
  const [declared = refresh] = [
    ...root
      .find(j.VariableDeclarator, named)
      .nodes()
      .map(({ init }) => init),
    ...root.find(j.FunctionDeclaration, named).nodes(),
  ];
  return declared?.params?.length > 0;
}

/** `instance.interceptors.request.use(tokenProvider({ getToken }))`. */
function fromTokenInterceptor({ j, root }) {
  const names = removeImport({ j, root }, 'axios-token-interceptor');
  return replaceEach(j, root.find(j.CallExpression), (call) => {
    const [made] = call.arguments;
    const instance = interceptorsOf(call, 'request');
    if (instance === undefined || made?.type !== 'CallExpression') return undefined;
    if (!names.includes(made.callee.name)) return undefined;
    const given = Object.fromEntries(
      made.arguments[0].properties.map((property) => [property.key.name, property.value]),
    );
    const cached = cachedFunction({ j, root }, given.getToken, instance);
    const isWhole = cached === undefined && given.headerFormatter === undefined;
    return attachment(j, instance, cached ?? given.getToken, isWhole ? [] : [RETURN_TOKEN]);
  });
}

/** The function within `const cache = tokenProvider.tokenCache(getToken, …)`, which goes with its cache; so does `cache.reset()`. */
function cachedFunction({ j, root }, getToken, instance) {
  if (getToken?.type === 'CallExpression' && getToken.callee.property?.name === 'tokenCache')
    return getToken.arguments[0];
  if (getToken?.type !== 'Identifier') return undefined;
  const [declarator] = root
    .find(j.VariableDeclarator, { id: { name: getToken.name } })
    .filter(({ node }) => node.init?.callee?.property?.name === 'tokenCache')
    .paths();
  if (declarator === undefined) return undefined;
  const [inner] = declarator.node.init.arguments;
  j(declarator).remove();
  const reset = { object: { name: getToken.name }, property: { name: 'reset' } };
  root
    .find(j.CallExpression, { callee: reset })
    .replaceWith(() => j.template.expression`bearerOf(${instance})?.source.clear()`);
  return inner;
}

/** `instance.interceptors.response.use(…, handler)` whose handler refreshes behind a flag or a shared promise. */
function fromQueue({ j, root }) {
  const calls = root.find(j.CallExpression).paths();
  return calls.flatMap((path) => {
    const call = path.node;
    const instance = interceptorsOf(call, 'response');
    const [onAnswer, handler] = call.arguments;
    if (instance === undefined || handler?.body === undefined) return [];
    const refresh = refreshCallOf({ j, root }, handler);
    if (refresh === undefined) return [];
    const used = namesIn(j, handler);
    const acquire = j.arrowFunctionExpression([], refresh);
    acquire.async = true;
    const kept = isIdentity(onAnswer) ? [] : [j.callExpression(call.callee, [onAnswer])];
    const attached = attachment(j, instance, acquire, [RETURN_TOKEN]);
    const written = [attached, ...kept].map((one) => j.expressionStatement(one));
    j(statementOf(path)).replaceWith(written);
    removeUnused({ j, root }, used);
    const lost = savedBy({ j, root }, handler);
    if (lost.length > 0)
      addTodo(j, attached, [
        `TODO(axios-bearer): also save here what other code reads, such as a new refresh token, as before: ${lost.join(' ')}`,
      ]);
    return [j(instance).toSource()];
  });
}

/** The call that fetches the new token, in a handler that is guarded by a flag or by a promise that is kept outside of it. */
function refreshCallOf({ j, root }, handler) {
  const guards = j(handler)
    .find(j.AssignmentExpression)
    .filter(
      ({ node }) =>
        node.left.type === 'Identifier' && isModuleVariable({ j, root }, node.left.name),
    )
    .filter(({ node }) => node.right.value === true || !/^(Boolean)?Literal$/.test(node.right.type))
    .paths();
  if (guards.length === 0 || !/\b401\b|Unauthorized/i.test(j(handler).toSource())) return undefined;
  const calls = j(handler)
    .find(j.CallExpression)
    .paths()
    .filter(({ node }) => !isSentAgain(node));
  const isRequest = ({ node: { callee } }) =>
    callee.type === 'MemberExpression'
      ? /^(post|get|put|request)$/.test(callee.property.name) && callee.object.type === 'Identifier'
      : /^(fetch|axios)$/.test(callee.name);
  const isRefresh = ({ node: { callee } }) => {
    const name = callee.name ?? callee.property?.name ?? '';
    return (
      /refresh|token|login|auth/i.test(name) &&
      !/queue|subscri|fetched|refreshed|^(set|save|add|on)/i.test(name)
    );
  };
  const found = calls.find(isRequest) ?? calls.find(isRefresh);
  const isDispatched = found?.parent.node.callee?.property?.name === 'dispatch';
  return isDispatched ? found.parent.node : found?.node;
}

/** `instance(error.config)` and the like. */
function isSentAgain({ callee, arguments: given }) {
  return (
    given.length === 1 &&
    callee.name !== 'fetch' &&
    /^(Identifier|MemberExpression)$/.test(given[0].type)
  );
}

/** What a removed handler saved for others: in variables that are still there, and with functions such as `localStorage.setItem`. */
function savedBy({ j, root }, handler) {
  const isSave = ({ type, left, right, callee }) =>
    type === 'AssignmentExpression'
      ? left.type === 'Identifier' &&
        !/Literal$/.test(right.type) &&
        isModuleVariable({ j, root }, left.name)
      : /^(set(?!Timeout|Interval)|save|store|persist)/i.test(
          (callee?.property ?? callee)?.name ?? '',
        );
  return j(handler)
    .find(j.ExpressionStatement)
    .nodes()
    .filter(({ expression }) =>
      isSave(expression.type === 'AwaitExpression' ? expression.argument : expression),
    )
    .map((node) => j(node).toSource().replaceAll(/\s+/g, ' '));
}

function isModuleVariable({ j, root }, name) {
  return root
    .find(j.VariableDeclarator, { id: { name } })
    .some(({ parent }) => parent.node.kind !== 'const');
}

/** Interceptors that do nothing but write the token into the header: `attachBearer` does that. */
function removeTokenInterceptors({ j, root }, attached) {
  root.find(j.CallExpression).forEach((path) => {
    const [handler] = path.node.arguments;
    const instance = interceptorsOf(path.node, 'request');
    if (instance === undefined || handler?.body === undefined) return;
    if (!attached.includes(j(instance).toSource())) return;
    const body = handler.body.type === 'BlockStatement' ? handler.body.body : [];
    const writes = (node) => /\bauthorization\b/i.test(j(node).toSource());
    const isPart = (node) =>
      writes(node) || node.type === 'VariableDeclaration' || node.type === 'ReturnStatement';
    if (!body.some(writes) || !body.every(isPart)) return;
    const used = namesIn(j, handler);
    j(statementOf(path)).remove();
    removeUnused({ j, root }, used);
  });
}

/** `{ skipAuthRefresh: true }` of a request. */
function optOutOfReplay({ j, root }) {
  for (const type of [j.ObjectProperty, j.Property])
    root.find(type, { key: { name: 'skipAuthRefresh' } }).forEach(({ node }) => {
      node.key = j.identifier('bearer');
      node.value = j.objectExpression([
        j.property('init', j.identifier('replay'), j.literal(false)),
      ]);
    });
}

/** `attachBearer(instance, defineProvider({ … }))`. */
function attachment(j, instance, acquire, todo) {
  const member = j.property('init', j.identifier('acquireToken'), acquire);
  const base = j.memberExpression(
    j.memberExpression(instance, j.identifier('defaults')),
    j.identifier('baseURL'),
  );
  const definition = j.objectExpression([
    j.property('init', j.identifier('name'), j.literal('api')),
    j.property('init', j.identifier('baseURL'), base),
    member,
  ]);
  const provider = j.callExpression(j.identifier('defineProvider'), [definition]);
  const attached = j.callExpression(j.identifier('attachBearer'), [instance, provider]);
  addTodo(j, attached, todo);
  return attached;
}

/** Adds comments above the `acquireToken` of an attachment. */
function addTodo(j, attached, todo) {
  const acquireToken = attached.arguments[1].arguments[0].properties.at(-1);
  const comments = todo.map((text) => j.commentLine(` ${text}`, true, false));
  acquireToken.comments = [...(acquireToken.comments ?? []), ...comments];
}

/** For TypeScript the `baseURL` of an instance may be undefined, that of a provider may not. */
function assertBaseURL({ j, root }) {
  const ours = { object: { property: { name: 'defaults' } }, property: { name: 'baseURL' } };
  for (const { node } of root.find(j.Property, { value: ours }).paths())
    node.value = j.tsNonNullExpression(node.value);
}

/** The instance of `instance.interceptors.request.use(…)`. */
function interceptorsOf({ callee }, kind) {
  const isUse = callee.type === 'MemberExpression' && callee.property.name === 'use';
  const manager = isUse ? callee.object : undefined;
  if (manager?.property?.name !== kind || manager.object.property?.name !== 'interceptors')
    return undefined;
  return manager.object.object;
}

/** Replaces each call for which `make` returns an attachment, and returns the instances that are attached then. */
function replaceEach(j, collection, make) {
  return collection.paths().flatMap((path) => {
    const made = make(path.node);
    if (made === undefined) return [];
    j(path).replaceWith(made);
    return [j(made.arguments[0]).toSource()];
  });
}

/** Removes the import of a package, and returns the names that it gave to functions. */
function removeImport({ j, root }, source) {
  const imports = root.find(j.ImportDeclaration, { source: { value: source } });
  const requires = root.find(j.VariableDeclarator, {
    init: { callee: { name: 'require' }, arguments: [{ value: source }] },
  });
  // CommonJS users also write require('…').default.
  const defaults = root.find(j.VariableDeclarator, {
    init: { object: { callee: { name: 'require' }, arguments: [{ value: source }] } },
  });
  const names = [
    ...imports.nodes().flatMap(({ specifiers }) => specifiers.map(({ local }) => local.name)),
    ...[...requires.nodes(), ...defaults.nodes()].flatMap(({ id }) =>
      id.type === 'Identifier' ? [id.name] : id.properties.map(({ value }) => value.name),
    ),
  ];
  for (const found of [imports, requires, defaults]) found.remove();
  return names;
}

function importOurs({ j, root }) {
  const used = root.find(j.CallExpression, { callee: { name: 'bearerOf' } }).size() > 0;
  const names = ['attachBearer', ...(used ? ['bearerOf'] : []), 'defineProvider'];
  const usesRequire =
    root.find(j.ImportDeclaration).size() === 0 &&
    root.find(j.CallExpression, { callee: { name: 'require' } }).size() > 0;
  const ours = usesRequire
    ? j.template.statement([`const { ${names.join(', ')} } = require('axios-bearer');`])
    : j.importDeclaration(
        names.map((name) => j.importSpecifier(j.identifier(name))),
        j.literal('axios-bearer'),
      );
  const { body } = root.get().node.program;
  const isImport = (node) =>
    node.type === 'ImportDeclaration' ||
    (node.type === 'VariableDeclaration' && /\brequire\(/.test(j(node).toSource()));
  body.splice(body.findLastIndex(isImport) + 1, 0, ours);
}

function namesIn(j, node) {
  return new Set(
    j(node)
      .find(j.Identifier)
      .nodes()
      .map(({ name }) => name),
  );
}

/** Removes those of the variables and functions that nothing uses any more, and then what only they used. */
function removeUnused({ j, root }, names) {
  for (const name of names) {
    const declared = [
      ...root.find(j.VariableDeclarator, { id: { name } }).paths(),
      ...[j.FunctionDeclaration, j.TSTypeAliasDeclaration, j.TSInterfaceDeclaration].flatMap(
        (type) => root.find(type, { id: { name } }).paths(),
      ),
      ...root.find(j.ImportSpecifier, { imported: { name } }).paths(),
    ];
    const isKey = ({ parent, name: key }) => key === 'property' && parent.node.computed !== true;
    const uses = root
      .find(j.Identifier, { name })
      .filter((path) => !isKey(path))
      .filter((path) => !declared.some((one) => isWithin(path, one)));
    if (declared.length !== 1 || uses.size() > 0 || isExported(declared[0])) continue;
    const within = namesIn(j, declared[0].node);
    within.delete(name);
    j(declared[0]).remove();
    removeUnused({ j, root }, within);
  }
}

function isWithin(path, ancestor) {
  for (let at = path; at != null; at = at.parent) if (at.node === ancestor.node) return true;
  return false;
}

function isExported(path) {
  return [path.parent, path.parent?.parent].some((at) => /^Export/.test(at?.node?.type ?? ''));
}

function statementOf(path) {
  let at = path;
  while (at.parent !== null && !/Statement$|Declaration$/.test(at.node.type)) at = at.parent;
  return at;
}

function isIdentity(handler) {
  return (
    handler === undefined ||
    handler === null ||
    handler.type === 'NullLiteral' ||
    handler.value === null ||
    handler.name === 'undefined' ||
    (handler.body?.type === 'Identifier' && handler.body.name === handler.params[0]?.name) ||
    (handler.body?.body?.length === 1 &&
      handler.body.body[0].argument?.name === handler.params[0]?.name)
  );
}

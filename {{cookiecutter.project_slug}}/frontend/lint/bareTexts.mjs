// Texts that people read, and that no macro of @portal/i18n marks for translation.

const MESSAGE =
  'Mark this text for translation with t`…` or <Trans> of @portal/i18n: docs/how-to/translate.md.'

const WORD = '/\\p{L}(\\p{L}|\\p{M})/u'
const LITERAL = `:matches(Literal[value=${WORD}], TemplateLiteral:has(> TemplateElement[value.cooked=${WORD}]))`

// The contents of these elements are translated as a whole, or the same in all languages.
const MARKED = 'JSXElement[openingElement.name.name=/^(Trans|Plural|Select|SelectOrdinal)$/]'
const CODE = 'JSXElement[openingElement.name.name=/^(code|kbd|samp)$/]'

// Attributes of HTML and properties of @portal/ui that show a text.
const ATTRIBUTE =
  'JSXAttribute[name.name=/^(aria-(description|label|placeholder|roledescription|valuetext)|alt|label|placeholder|title|action|caption|confirm|count|detail|footer|heading|help|hint|labelTitle|lead|note|tab|unit|valueTitle)$/]'
const PROPERTY = 'Property[key.name=/^(action|body|cancel|undo)$/]'

// In lists of columns, options, menu items and breadcrumbs. A title beside an icon is one of `Tile`, which shows the icon.
const LABEL =
  ':matches(Property[key.name=label], ObjectExpression:not(:has(> Property[key.name=icon])) > Property[key.name=title])'

/** Select a text that is the value of `place` itself, a branch of its condition, or the last part of its && and ||. */
const valueOf = (place) =>
  [
    place,
    `${place} > ConditionalExpression > .alternate`,
    `${place} > ConditionalExpression > .consequent`,
    `${place} > LogicalExpression > .right`,
  ]
    .map((one, index) => (index === 0 ? `${one} > ${LITERAL}` : `${one}${LITERAL}`))
    .join(', ')

const outsideOfMarks = (selector) =>
  `:matches(${selector}):not(${MARKED} *):not(${CODE} > *):not(${CODE} > * > *)`

/** The options of ESLint's rule `no-restricted-syntax` that find these texts. */
export const BARE_TEXTS = [
  outsideOfMarks(`JSXText[value=${WORD}]`),
  outsideOfMarks(valueOf(':matches(JSXElement, JSXFragment) > JSXExpressionContainer')),
  `${ATTRIBUTE} > ${LITERAL}`,
  valueOf(`${ATTRIBUTE} > JSXExpressionContainer`),
  `CallExpression[callee.name=/^(confirm|toast)$/] > ${LITERAL}`,
  `CallExpression[callee.name=/^(confirm|toast)$/] > ObjectExpression > ${PROPERTY} > ${LITERAL}.value`,
  `${LABEL} > ${LITERAL}.value`,
].map((selector) => ({ selector, message: MESSAGE }))

import { Linter } from 'eslint'
import { BARE_TEXTS } from './bareTexts.mjs'

// jsdom lacks it, and ESLint copies options with it.
globalThis.structuredClone ??= (value) => JSON.parse(JSON.stringify(value))

/** List what the lint says about the content of a component. @param {string} jsx */
function lint(jsx) {
  const code = `export const one = () => <div>${jsx}</div>`
  return new Linter()
    .verify(code, {
      languageOptions: { parserOptions: { ecmaFeatures: { jsx: true } } },
      rules: { 'no-restricted-syntax': ['error', ...BARE_TEXTS] },
    })
    .map(({ message }) => message)
}

test.each([
  'Borrow a book',
  '{"Borrow a book"}',
  '{`Borrow ${count} books`}',
  '{open ? t`Borrow` : "Closed"}',
  '{open && "Borrow"}',
  '{books.map((book) => <li key={book.id}>Borrow</li>)}',
  '<button aria-label="Borrow" />',
  '<input placeholder={open ? "Title" : t`Closed`} />',
  '<img alt={`Cover of ${title}`} />',
  '<Panel title="Books" />',
  '<Field label="Title" />',
  '<button onClick={() => toast("Borrowed")} />',
  '<button onClick={() => confirm({ title: t`Return the book?`, action: "Return" })} />',
  '<DataTable caption="Books" />',
  '<DataTable columns={[{ name: "title", title: "Title" }]} />',
  '<Menu items={[{ value: "title", label: "By title", icon: "list" }]} />',
  '<button onClick={() => confirm({ title: t`Return the book?`, cancel: "No" })} />',
  'किताब लें',
])('the lint finds the bare text in %s', (jsx) => {
  expect(lint(jsx)).toEqual([expect.stringContaining('Mark this text for translation')])
})

test.each([
  '{t`Borrow a book`}',
  '<Trans>Borrow <Link to="/books">a book</Link> {open ? "today" : "tomorrow"}</Trans>',
  '<Plural value={count} one="# book" other="# books" />',
  '{title} · {count} × {`${author} (${year})`}',
  '<code>make app</code> <kbd>Esc</kbd>',
  '<p className="help" id="books" data-kind={open ? "open" : "closed"} />',
  '<Icon name={open ? "check" : "close"} />',
  '{kind === "book" && t`Borrow`}',
  '<Row tile={{ title: "Book", icon: "book" }} title={title} />',
  '<button onClick={() => toast(t`Borrowed`, { kind: "good" })} />',
])('the lint has nothing to say about %s', (jsx) => {
  expect(lint(jsx)).toEqual([])
})

import { render, screen, within } from '@testing-library/react'
import { userEvent } from '@testing-library/user-event'
import { ApiError, useList, useState } from '@portal/sdk'
import { DataTable } from '@portal/ui/table'
import { errorResponse, makePortal, mockApi, renderInPortal } from '@portal/testing'

const COLUMNS = [
  { name: 'title', title: 'Title', sortable: true },
  { name: 'author', title: 'Author', narrow: 'below' },
  { name: 'year', title: 'Year', number: true, sortable: true, render: ({ year }) => `in ${year}` },
]
const PEOPLE = [
  { id: 1, title: 'Emma', author: 'Austen', year: 1815 },
  { id: 2, title: 'Dracula', author: 'Stoker', year: 1897 },
]
const show = (props) => render(<DataTable caption="Books" columns={COLUMNS} rows={PEOPLE} {...props} />)

test('the rows are in a table with headers of columns and rows', () => {
  show()
  const table = screen.getByRole('table', { name: 'Books' })
  expect(within(table).getAllByRole('columnheader')).toHaveLength(3)
  expect(within(table).getByRole('rowheader', { name: /Dracula/ })).toBeVisible()
  expect(within(table).getByRole('cell', { name: 'in 1897' })).toBeVisible()
})

test('a header sorts, first upwards and then downwards', async () => {
  const user = userEvent.setup()
  const onSort = jest.fn()
  const { rerender } = show({ sort: 'title', onSort })
  expect(screen.getByRole('columnheader', { name: 'Title' })).toHaveAttribute('aria-sort', 'ascending')
  await user.click(screen.getByRole('button', { name: 'Title' }))
  await user.click(screen.getByRole('button', { name: 'Year' }))
  expect(onSort.mock.calls).toEqual([['-title'], ['year']])
  rerender(<DataTable caption="Books" columns={COLUMNS} rows={PEOPLE} sort="-title" onSort={onSort} />)
  expect(screen.getByRole('columnheader', { name: 'Title' })).toHaveAttribute('aria-sort', 'descending')
  expect(screen.getByRole('columnheader', { name: 'Year' })).not.toHaveAttribute('aria-sort')
})

function Selectable() {
  const [selected, onChange] = useState([])
  const selection = { selected, onChange, label: ({ title }) => title, actions: <button>Lend</button> }
  return <DataTable caption="Books" columns={COLUMNS} rows={PEOPLE} selection={selection} />
}

test('rows are selected one by one or all, and the selection brings its actions', async () => {
  const user = userEvent.setup()
  render(<Selectable />)
  expect(screen.queryByRole('button', { name: 'Lend' })).toBeNull()
  await user.click(screen.getByRole('checkbox', { name: 'Select Emma' }))
  expect(screen.getByRole('button', { name: 'Lend' })).toBeVisible()
  expect(screen.getByRole('status')).toHaveTextContent('1 selected')
  expect(screen.getByRole('checkbox', { name: 'Select all' })).toBePartiallyChecked()
  await user.click(screen.getByRole('checkbox', { name: 'Select all' }))
  expect(screen.getByRole('checkbox', { name: 'Select Dracula' })).toBeChecked()
  await user.click(screen.getByRole('button', { name: 'Clear the selection' }))
  expect(screen.getByRole('checkbox', { name: 'Select Emma' })).not.toBeChecked()
  expect(screen.queryByRole('button', { name: 'Lend' })).toBeNull()
})

test('while it loads, it says so', () => {
  show({ rows: undefined })
  expect(screen.getByRole('table')).toHaveAttribute('aria-busy', 'true')
  expect(screen.getByRole('status')).toHaveTextContent('Loading…')
})

test('without rows it says what belongs there', () => {
  show({ rows: [], empty: <p>Add the first book.</p> })
  expect(screen.getByText('Add the first book.')).toBeVisible()
  expect(screen.queryByRole('table')).toBeNull()
})

test('an error is explained, and can be tried again', async () => {
  const user = userEvent.setup()
  const retry = jest.fn()
  show({ rows: undefined, cursor: { error: new ApiError(503, {}), retry } })
  await user.click(screen.getByRole('button', { name: 'Try again' }))
  expect(retry).toHaveBeenCalledTimes(1)
})

test('further rows are fetched by a button, and an error there leaves the rows', async () => {
  const user = userEvent.setup()
  const fetchMore = jest.fn()
  const { rerender } = show({ cursor: { fetchMore } })
  await user.click(screen.getByRole('button', { name: 'Show more' }))
  expect(fetchMore).toHaveBeenCalledTimes(1)
  const cursor = { error: new ApiError(503, {}), retry: () => {}, fetchMore }
  rerender(<DataTable caption="Books" columns={COLUMNS} rows={PEOPLE} cursor={cursor} />)
  expect(screen.getByRole('alert')).toBeVisible()
  expect(screen.getByRole('rowheader', { name: /Emma/ })).toBeVisible()
})

test('"Try again" fetches the page that failed, and no other', async () => {
  let failing = true
  const requests = mockApi({
    '/api/x/': { next: '/api/x/?cursor=2', results: [{ id: 1, title: 'Emma' }] },
    '/api/x/?cursor=2': () =>
      failing ? errorResponse(500) : { next: null, results: [{ id: 2, title: 'Persuasion' }] },
  })
  const List = () => {
    const list = useList('/api/x/')
    return (
      <DataTable
        caption="Books"
        columns={[{ name: 'title', title: 'Title' }]}
        rows={list.items}
        cursor={list}
      />
    )
  }
  const { user } = renderInPortal(<List />, { portal: makePortal() })
  await user.click(await screen.findByRole('button', { name: 'Show more' }))
  failing = false
  await user.click(await screen.findByRole('button', { name: 'Try again' }))
  expect(await screen.findByText('Persuasion')).toBeVisible()
  expect(requests.map(({ path }) => path)).toEqual(['/api/x/', '/api/x/?cursor=2', '/api/x/?cursor=2'])
})

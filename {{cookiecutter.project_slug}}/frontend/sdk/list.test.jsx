import { useItem, useList, useRefresh, useState } from '@portal/sdk'
import { screen, waitFor } from '@testing-library/react'
import { makePortal, mockApi, renderInPortal } from '@portal/testing'

const PATHS = ['/api/library/', '/api/library/?search=emma', '/api/library/7/', '/api/polls/']

function Page() {
  const refresh = useRefresh('/api/library/')
  useList('/api/library/')
  useList('/api/library/', { query: { search: 'emma', author: '', page: null, lent: false } })
  useItem('/api/library/7/')
  useList('/api/polls/')
  return <button onClick={refresh}>Refresh</button>
}

test('the lists at a path and below are read again with any query, and no others', async () => {
  const requests = mockApi(Object.fromEntries(PATHS.map((path) => [path, { next: null, results: [] }])))
  const { user } = renderInPortal(<Page />, { portal: makePortal() })
  const found = () => requests.map(({ path }) => path).sort()
  expect(found()).toEqual([...PATHS].sort())
  await user.click(screen.getByRole('button', { name: 'Refresh' }))
  expect(found()).toEqual([...PATHS, ...PATHS.slice(0, 3)].sort())
})

function Search() {
  const [search, setSearch] = useState('')
  const { items, isPrevious } = useList('/api/library/', { query: { search }, keep: true })
  return (
    <>
      <button onClick={() => setSearch('emma')}>Search</button>
      <p>{isPrevious ? 'searching' : 'found'}</p>
      {items?.map((title) => (
        <p key={title}>{title}</p>
      ))}
    </>
  )
}

test('the items stay until those of the next search arrive', async () => {
  let answer
  mockApi({
    '/api/library/': ['Emma', 'Middlemarch'],
    '/api/library/?search=emma': () => new Promise((resolve) => (answer = resolve)),
  })
  const { user } = renderInPortal(<Search />, { portal: makePortal() })
  await screen.findByText('Middlemarch')
  await user.click(screen.getByRole('button', { name: 'Search' }))
  expect(screen.getByText('searching')).toBeVisible()
  expect(screen.getByText('Middlemarch')).toBeVisible()
  await waitFor(() => expect(answer).toBeDefined())
  answer(['Emma'])
  expect(await screen.findByText('found')).toBeVisible()
  expect(screen.queryByText('Middlemarch')).toBeNull()
})

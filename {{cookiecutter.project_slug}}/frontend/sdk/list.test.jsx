import { api, useList, useQuery, useRefresh } from '@portal/sdk'
import { screen } from '@testing-library/react'
import { makePortal, mockApi, renderInPortal } from '@portal/testing'

const PATHS = ['/api/library/', '/api/library/?search=emma', '/api/library/7/', '/api/polls/']

function Page() {
  const refresh = useRefresh('/api/library/')
  useList('/api/library/')
  useList('/api/library/?search=emma')
  useQuery({ queryKey: ['/api/library/7/'], queryFn: () => api('/api/library/7/') })
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

import { render, screen } from '@testing-library/react'
import { ApiError } from '@portal/sdk'
import { PageError, Problem, errorText } from '@portal/ui'
import { makePortal, renderInPortal } from '@portal/testing'

test.each([
  [0, { reason: 'offline' }, 'You are offline. Try again when you are connected.'],
  [0, { reason: 'timeout' }, 'The portal did not answer in time. Try again in a moment.'],
  [0, { reason: 'unreachable' }, 'The portal did not answer. Check your connection and try again.'],
  [0, { reason: 'unreadable' }, /^The answer is not from the portal\./],
  [401, {}, 'You are not signed in. Sign in, and try again.'],
  [403, {}, 'The portal did not accept this.'],
  [404, {}, 'This does not exist, or you do not have access to it.'],
  [405, {}, 'This page is out of date. Reload it.'],
  [413, {}, 'This is too large for the portal.'],
  [429, { retryAfter: 12 }, 'Too many requests. Try again in 12 seconds.'],
  [429, { retryAfter: 250 }, 'Too many requests. Try again in 5 minutes.'],
  [500, {}, 'The portal has a problem. Try again in a moment.'],
])('status %p with %p is said in the words of the portal', (status, options, text) => {
  expect(errorText(new ApiError(status, {}, options))).toMatch(text)
})

test.each([
  [409, {}, 'The poll is closed.'],
  [429, { retryAfter: 60 }, 'The poll is closed. Try again in 1 minute.'],
  [503, {}, 'The portal has a problem. Try again in a moment.'],
])("the server's explanation of status %p with %p is shown as %p", (status, options, text) => {
  expect(errorText(new ApiError(status, { detail: 'The poll is closed.' }, options))).toBe(text)
})

test('the words of a library or of the browser are never shown', () => {
  expect(errorText(new TypeError('Cannot read properties of null'))).toBe(
    'Something went wrong on this page.',
  )
})

test('a problem shows its request ID, and "Try again" only where that can help', () => {
  const retry = () => {}
  const { rerender } = render(<Problem error={new ApiError(500, { request_id: 'r1' })} onRetry={retry} />)
  expect(screen.getByText('Request ID: r1')).toBeVisible()
  expect(screen.getByRole('button', { name: 'Try again' })).toBeVisible()
  rerender(<Problem error={new ApiError(403, { detail: 'For staff.' })} onRetry={retry} />)
  expect(screen.queryByRole('button')).toBeNull()
})

test.each([
  [new ApiError(500, {}, { requestId: 'r1' }), 'The portal has a problem. Try again in a moment.', 1],
  [new ApiError(409, { detail: 'The poll is closed.' }), 'The poll is closed.', 0],
  [new TypeError('Cannot read properties of null'), /The rest of the portal is not affected/, 1],
])(
  'the page in place of one that failed with %p says why, with "Try again" where it can help',
  (error, text, buttons) => {
    renderInPortal(<PageError title="Books" error={error} onRetry={() => {}} />, { portal: makePortal() })
    expect(screen.getByRole('alert')).toHaveTextContent(text)
    expect(screen.queryAllByRole('button', { name: 'Try again' })).toHaveLength(buttons)
    expect(screen.queryAllByText('Request ID: r1')).toHaveLength(
      error instanceof ApiError && error.requestId ? 1 : 0,
    )
  },
)

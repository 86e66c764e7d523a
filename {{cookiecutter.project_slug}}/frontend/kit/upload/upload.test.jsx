import { act, fireEvent, screen } from '@testing-library/react'
import { FileUpload } from '@portal/ui/upload'
import { makePortal, renderInPortal } from '@portal/testing'

// Each test plays the server at the other end of a fake XMLHttpRequest.

let requests
beforeEach(() => {
  requests = []
  globalThis.XMLHttpRequest = class {
    upload = {}
    headers = {}
    constructor() {
      requests.push(this)
    }
    open(method, path) {
      Object.assign(this, { method, path })
    }
    setRequestHeader(name, value) {
      this.headers[name] = value
    }
    getResponseHeader() {
      return null
    }
    send(body) {
      this.body = body
    }
    abort() {
      this.onabort()
      this.onloadend()
    }
    answer(status, data) {
      Object.assign(this, { status, responseText: JSON.stringify(data) })
      this.onload()
      this.onloadend()
    }
  }
})

const FILE = new File(['a,b'], 'people.csv', { type: 'text/csv' })

async function choose(props = {}, file = FILE) {
  document.cookie = 'intranet_csrf=secret'
  const onUploaded = jest.fn()
  const { user } = renderInPortal(
    <FileUpload label="CSV file" path="/api/x/" maxBytes={1_000_000} onUploaded={onUploaded} {...props} />,
    { portal: makePortal() },
  )
  await user.upload(screen.getByLabelText('CSV file'), file)
  return { user, onUploaded }
}

test('a file is sent with the CSRF token, and its progress is shown', async () => {
  const { onUploaded } = await choose({ method: 'PUT', field: 'csv' })
  expect(requests[0]).toMatchObject({ method: 'PUT', path: '/api/x/', headers: { 'X-CSRFToken': 'secret' } })
  expect(requests[0].body.get('csv').name).toBe('people.csv')
  act(() => requests[0].upload.onprogress({ loaded: 50, total: 200 }))
  expect(screen.getByRole('progressbar', { name: 'Uploading people.csv' })).toHaveValue(0.25)
  await act(async () => requests[0].answer(200, { rows: 3 }))
  expect(onUploaded).toHaveBeenCalledWith({ rows: 3 }, FILE)
  expect(screen.queryByRole('progressbar')).toBeNull()
})

test('an upload can be cancelled, and the focus returns to the field', async () => {
  const { user, onUploaded } = await choose()
  await user.click(screen.getByRole('button', { name: 'Cancel' }))
  expect(screen.queryByRole('progressbar')).toBeNull()
  expect(screen.queryByRole('alert')).toBeNull()
  expect(screen.getByLabelText('CSV file')).toHaveFocus()
  expect(onUploaded).not.toHaveBeenCalled()
})

test('a refused file is explained, and an outage can be tried again', async () => {
  const { user } = await choose()
  await act(async () => requests[0].answer(400, { type: 'about:blank', detail: 'Row 3 is invalid.' }))
  expect(screen.getByRole('alert')).toHaveTextContent('Row 3 is invalid.')
  await user.upload(screen.getByLabelText('CSV file'), FILE)
  await act(async () => requests[1].onerror())
  await user.click(screen.getByRole('button', { name: 'Try again' }))
  expect(requests).toHaveLength(3)
})

test('an error of the file is at its field', async () => {
  await choose({ field: 'csv' })
  const errors = [{ field: 'csv', message: 'The file is empty.' }]
  await act(async () => requests[0].answer(400, { type: 'about:blank', detail: 'Invalid.', errors }))
  expect(screen.getByLabelText('CSV file')).toHaveAccessibleDescription('The file is empty.')
  expect(screen.queryByText('Invalid.')).not.toBeInTheDocument()
})

test('further fields are sent with the file', async () => {
  await choose({ data: { updates: 'true' } })
  expect(requests[0].body.get('updates')).toBe('true')
})

test('a page in place of an answer is explained', async () => {
  const { onUploaded } = await choose()
  await act(async () => {
    Object.assign(requests[0], { status: 200, responseText: '<!doctype html>' })
    requests[0].onload()
  })
  expect(screen.getByRole('alert')).toHaveTextContent('The answer is not from the portal.')
  expect(onUploaded).not.toHaveBeenCalled()
})

test('a file that is too large is not sent', async () => {
  await choose({ maxBytes: 2 })
  expect(requests).toHaveLength(0)
  expect(screen.getByRole('alert')).toHaveTextContent('Choose a file of at most 0 MB.')
})

test('30 seconds of silence end the upload', async () => {
  jest.useFakeTimers()
  document.cookie = 'intranet_csrf=secret'
  renderInPortal(<FileUpload label="CSV file" path="/api/x/" maxBytes={1e6} onUploaded={() => {}} />, {
    portal: makePortal(),
  })
  fireEvent.change(screen.getByLabelText('CSV file'), { target: { files: [FILE] } })
  await act(() => jest.advanceTimersByTimeAsync(29_000))
  act(() => requests[0].upload.onprogress({ loaded: 1, total: 2 }))
  await act(() => jest.advanceTimersByTimeAsync(29_000))
  expect(screen.queryByRole('alert')).toBeNull()
  await act(() => jest.advanceTimersByTimeAsync(2_000))
  expect(screen.getByRole('alert')).toHaveTextContent('The portal did not answer in time.')
  jest.useRealTimers()
})

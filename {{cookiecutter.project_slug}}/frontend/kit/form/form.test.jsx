import { act, screen } from '@testing-library/react'
import { Link, Route, Routes, api, useNavigate } from '@portal/sdk'
import { Field } from '@portal/ui'
import { Form, useForm } from '@portal/ui/form'
import { errorResponse, makePortal, mockApi, renderInPortal } from '@portal/testing'

const LIST = '/api/library/'

function NewBook({ initial = { title: '', year: '' }, draft }) {
  const navigate = useNavigate()
  const form = useForm({
    initial,
    draft,
    submit: (values) => api(LIST, { body: values }),
    onSuccess: ({ id }) => navigate(`/library/${id}`),
  })
  return (
    <Form form={form} action="Add">
      <Field {...form.field('title')} label="Title" />
      <Field {...form.field('year')} label="Year" />
      <Link to="/people">People</Link>
      <Link to="/library/new?step=2">Next step</Link>
    </Form>
  )
}

function open(answer, props) {
  const requests = mockApi({ [`POST ${LIST}`]: answer })
  const view = renderInPortal(
    <Routes>
      <Route path="library/new" element={<NewBook {...props} />} />
      <Route path="*" element={<h1>Another page</h1>} />
    </Routes>,
    { location: '/library/new', portal: makePortal() },
  )
  return { ...view, requests, title: screen.getByLabelText('Title') }
}

const add = () => screen.getByRole('button', { name: 'Add' })

test('the values are sent, and the page that shows them opens without a question', async () => {
  const { user, requests, title } = open({ id: 7 })
  await user.type(title, 'Emma')
  await user.click(add())
  expect(requests).toMatchObject([{ body: { title: 'Emma', year: '' } }])
  expect(await screen.findByText('Another page')).toBeVisible()
  expect(screen.queryByRole('alertdialog')).toBeNull()
})

test('errors are at their fields and at the top, and the first field with one has the focus', async () => {
  const errors = [
    { field: 'year', message: 'Enter a year.' },
    { field: '', message: 'The library is full.' },
  ]
  const { user } = open(errorResponse(400, { detail: 'Some fields are invalid.', errors }))
  await user.click(add())
  expect(await screen.findByText('The library is full.')).toBeVisible()
  const year = screen.getByLabelText('Year')
  expect(year).toHaveFocus()
  expect(year).toBeInvalid()
  expect(year).toHaveAccessibleDescription('Enter a year.')
  act(() => add().focus())
  await user.click(screen.getByRole('button', { name: 'Year: Enter a year.' }))
  expect(year).toHaveFocus()
  await user.type(year, '1815')
  expect(year).toBeValid()
})

test('an error that concerns no field is at the top, and has the focus', async () => {
  const { user } = open(errorResponse(409, { detail: 'The book is there already.' }))
  await user.click(add())
  expect(await screen.findByText('The book is there already.')).toBeVisible()
  expect(document.activeElement).toHaveTextContent('The book is there already.')
})

test('a second click sends nothing', async () => {
  let finish
  const { user, requests } = open(() => new Promise((resolve) => (finish = () => resolve({ id: 1 }))))
  await user.click(add())
  await user.click(add())
  await user.type(screen.getByLabelText('Title'), '{Enter}')
  expect(add()).toHaveAttribute('aria-busy', 'true')
  expect(requests).toHaveLength(1)
  await act(async () => finish())
})

test('leaving with unsaved changes asks, and staying keeps them', async () => {
  const { user, title } = open({})
  await user.type(title, 'Emma')
  await user.click(screen.getByRole('link', { name: 'People' }))
  expect(await screen.findByRole('alertdialog', { name: 'Leave without saving?' })).toBeVisible()
  await user.click(screen.getByRole('button', { name: 'Stay' }))
  expect(title).toHaveValue('Emma')
  await user.click(screen.getByRole('link', { name: 'People' }))
  await user.click(await screen.findByRole('button', { name: 'Leave' }))
  expect(await screen.findByText('Another page')).toBeVisible()
})

test('leaving without changes does not ask', async () => {
  const { user, title } = open({})
  await user.type(title, 'E{Backspace}')
  await user.click(screen.getByRole('link', { name: 'People' }))
  expect(await screen.findByText('Another page')).toBeVisible()
})

test('another address of the same page does not ask', async () => {
  const { user, title } = open({})
  await user.type(title, 'Emma')
  await user.click(screen.getByRole('link', { name: 'Next step' }))
  expect(screen.queryByRole('alertdialog')).toBeNull()
  expect(title).toHaveValue('Emma')
})

test('the browser asks before it closes the tab, only with unsaved changes', async () => {
  const { user, title } = open({})
  const closes = () => window.dispatchEvent(new Event('beforeunload', { cancelable: true }))
  expect(closes()).toBe(true)
  await user.type(title, 'Emma')
  expect(closes()).toBe(false)
})

test('a form with a draft shows its state, discards it when it was sent, and does not ask', async () => {
  const draft = {
    value: { title: 'Emma', year: '' },
    status: 'saved',
    setValue: jest.fn(),
    discard: jest.fn(),
  }
  const { user, requests } = open({ id: 1 }, { draft })
  expect(screen.getByText('Draft saved')).toBeVisible()
  expect(window.dispatchEvent(new Event('beforeunload', { cancelable: true }))).toBe(true)
  await user.click(add())
  expect(requests).toMatchObject([{ body: { title: 'Emma' } }])
  expect(draft.discard).toHaveBeenCalledTimes(1)
})

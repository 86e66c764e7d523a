import { act, render, screen, waitFor } from '@testing-library/react'
import { userEvent } from '@testing-library/user-event'
import { useState } from '@portal/sdk'
import { Dialog, confirm } from '@portal/ui/dialog'
import { Trans } from '@portal/i18n'

function Opener({ children = null, ...rest }) {
  const [open, setOpen] = useState(false)
  return (
    <>
      <button onClick={() => setOpen(true)}>Edit</button>
      <Dialog open={open} onClose={() => setOpen(false)} title="Edit the book" {...rest}>
        {children}
      </Dialog>
    </>
  )
}

test('a dialog has its title as name, takes the focus and gives it back', async () => {
  const user = userEvent.setup()
  render(<Opener />)
  expect(screen.queryByRole('dialog')).toBeNull()
  await user.click(screen.getByRole('button', { name: 'Edit' }))
  expect(screen.getByRole('dialog', { name: 'Edit the book' })).toBeVisible()
  expect(screen.getByRole('heading', { name: 'Edit the book' })).toHaveFocus()
  await user.click(screen.getByRole('button', { name: 'Close' }))
  expect(screen.queryByRole('dialog')).toBeNull()
  expect(screen.getByRole('button', { name: 'Edit' })).toHaveFocus()
})

test('the first field has the focus, unless another element is marked', async () => {
  const user = userEvent.setup()
  const { unmount } = render(
    <Opener>
      <p>
        <button>Help</button>
      </p>
      <input aria-label="Title" />
    </Opener>,
  )
  await user.click(screen.getByRole('button', { name: 'Edit' }))
  expect(screen.getByRole('textbox', { name: 'Title' })).toHaveFocus()
  unmount()
  render(
    <Opener>
      <input aria-label="Title" />
      <button data-autofocus>Help</button>
    </Opener>,
  )
  await user.click(screen.getByRole('button', { name: 'Edit' }))
  expect(screen.getByRole('button', { name: 'Help' })).toHaveFocus()
})

test('Escape closes the dialog, and the cancelled choice of a file does not', async () => {
  const user = userEvent.setup()
  render(
    <Opener>
      <input type="file" aria-label="Photo" />
    </Opener>,
  )
  await user.click(screen.getByRole('button', { name: 'Edit' }))
  const cancel = () => new Event('cancel', { bubbles: true, cancelable: true })
  act(() => screen.getByLabelText('Photo').dispatchEvent(cancel()))
  expect(screen.getByRole('dialog')).toBeVisible()
  act(() => screen.getByRole('dialog').dispatchEvent(cancel()))
  expect(screen.queryByRole('dialog')).toBeNull()
})

test('when the button that opened it is gone, the focus moves to the main content', () => {
  const content = (open) => (
    <main id="main" tabIndex={-1}>
      {!open && <button>Delete</button>}
      <Dialog open={open} onClose={() => {}} title="Deleted" />
    </main>
  )
  const { rerender } = render(content(false))
  screen.getByRole('button').focus()
  rerender(content(true))
  rerender(<main id="main" tabIndex={-1} />)
  expect(screen.getByRole('main')).toHaveFocus()
})

const QUESTION = { title: 'Close the poll?', body: 'Nobody can vote after that.', action: 'Close the poll' }

test.each([
  ['Close the poll', true],
  ['Cancel', false],
])('confirm() waits for the answer %p', async (button, agreed) => {
  const user = userEvent.setup()
  let answer
  await act(async () => {
    answer = confirm(QUESTION)
  })
  expect(screen.getByRole('alertdialog', { name: 'Close the poll?' })).toHaveTextContent(QUESTION.body)
  await user.click(screen.getByRole('button', { name: button }))
  expect(await answer).toBe(agreed)
  await waitFor(() => expect(screen.queryByRole('alertdialog')).toBeNull())
})

test('confirm() starts on the action, and on the other button when the action is dangerous', async () => {
  await act(async () => void confirm(QUESTION))
  expect(screen.getByRole('button', { name: 'Close the poll' })).toHaveFocus()
  act(() => screen.getByRole('button', { name: 'Cancel' }).click())
  await act(async () => void confirm({ ...QUESTION, dangerous: true }))
  expect(screen.getByRole('button', { name: 'Cancel' })).toHaveFocus()
  act(() => screen.getByRole('button', { name: 'Cancel' }).click())
})

test('a question may have elements inside its text', async () => {
  const name = 'Emma'
  const body = (
    <Trans>
      Delete <strong>{name}</strong>?
    </Trans>
  )
  await act(async () => void confirm({ title: 'Delete?', body, action: 'Delete' }))
  expect(screen.getByRole('alertdialog')).toHaveTextContent('Delete Emma?')
  await userEvent.click(screen.getByRole('button', { name: 'Cancel' }))
})

import { makePortal, renderInPortal } from '@portal/testing'
import { act, screen, waitFor } from '@testing-library/react'
import { useState } from 'react'
import { Page } from '../../kit/Page.jsx'
import { Panel } from '../../kit/Panel.jsx'
import { useKeptFocus } from './focus.js'

function Devices() {
  useKeptFocus()
  const [names, setNames] = useState(['Phone', 'Laptop'])
  return (
    <main id="main">
      <Page title="Account">
        {names.length > 0 && (
          <Panel title="Devices">
            {names.map((name) => (
              <button key={name} onClick={() => setNames(names.filter((one) => one !== name))}>
                Sign out {name}
              </button>
            ))}
          </Panel>
        )}
      </Page>
    </main>
  )
}

test('when what has the focus disappears, the heading of its card gets it, and of the page when the card is gone', async () => {
  const { user } = renderInPortal(<Devices />, { portal: makePortal() })
  screen.getByRole('button', { name: 'Sign out Phone' }).focus()
  await user.keyboard('{Enter}')
  await waitFor(() => expect(screen.getByRole('heading', { name: 'Devices' })).toHaveFocus())
  await user.tab()
  expect(screen.getByRole('button', { name: 'Sign out Laptop' })).toHaveFocus()
  await user.keyboard('{Enter}')
  await waitFor(() => expect(screen.getByRole('heading', { name: 'Account' })).toHaveFocus())
})

test('what disappears elsewhere leaves the focus where it is', async () => {
  const { user } = renderInPortal(<Devices />, { portal: makePortal() })
  const laptop = screen.getByRole('button', { name: 'Sign out Laptop' })
  laptop.focus()
  act(() => screen.getByRole('button', { name: 'Sign out Phone' }).click())
  await waitFor(() => expect(screen.queryByRole('button', { name: 'Sign out Phone' })).toBeNull())
  expect(laptop).toHaveFocus()
  await user.keyboard('{Enter}')
  await waitFor(() => expect(screen.getByRole('heading', { name: 'Account' })).toHaveFocus())
})

import { screen, waitFor } from '@testing-library/react'
import { useState } from '@portal/sdk'
import { DateField } from '@portal/ui/dates'
import { makePortal, renderInPortal } from '@portal/testing'

const PORTAL = { ...makePortal(), time_zone: 'Asia/Kolkata' }

function Day(props) {
  const [value, setValue] = useState(props.value ?? null)
  return (
    <>
      <DateField label="Closes" {...props} value={value} onChange={setValue} />
      <output>{JSON.stringify(value)}</output>
    </>
  )
}

const show = async (props) => {
  const view = renderInPortal(<Day {...props} />, { portal: PORTAL })
  await screen.findByRole('group', { name: 'Closes' })
  return view
}
const part = (name) => screen.getByRole('spinbutton', { name: new RegExp(`^${name}`) })
const value = () => JSON.parse(screen.getByRole('status').textContent)

test('a date is typed part by part', async () => {
  const { user } = await show()
  await user.click(part('month'))
  await user.keyboard('11302026')
  expect(value()).toBe('2026-11-30')
})

test("a time is shown and changed in the portal's zone", async () => {
  const { user } = await show({ time: true, value: '2026-11-30T12:00:00Z' })
  expect(part('hour')).toHaveAttribute('aria-valuetext', '5 PM')
  expect(part('minute')).toHaveAttribute('aria-valuetext', '30')
  await user.click(part('day'))
  await user.keyboard('15')
  expect(value()).toBe('2026-11-15T12:00:00.000Z')
})

test('a change of a part is announced, the last one alone', async () => {
  const { user } = await show({ value: '2026-11-28' })
  await user.click(part('day'))
  await user.keyboard('{ArrowUp}')
  await waitFor(() => expect(screen.getByRole('log')).toHaveTextContent('29'))
  await user.keyboard('{ArrowUp}')
  await waitFor(() => expect(screen.getByRole('log').textContent).toBe('30'))
})

test('its texts are those of the portal', async () => {
  const { user } = await show({ value: '2026-11-30' })
  await user.click(screen.getByRole('button', { name: /^Calendar/ }))
  expect(await screen.findByRole('button', { name: /November 30, 2026.*, selected/ })).toBeVisible()
  expect(screen.getAllByRole('button', { name: 'Next' })[0]).toBeInTheDocument()
})

test('an error belongs to the field', async () => {
  await show({ error: 'Choose a later day.' })
  expect(screen.getByText('Choose a later day.')).toBeVisible()
  expect(part('day')).toHaveAttribute('aria-invalid', 'true')
})

test("the calendar marks the day that is today in the portal's zone", async () => {
  const now = jest.spyOn(Date, 'now').mockReturnValue(Date.parse('2026-11-30T20:00:00Z'))
  const { user } = await show()
  await user.click(screen.getByRole('button', { name: /Calendar/ }))
  expect(await screen.findByRole('button', { name: /^Today, Tuesday, December 1, 2026/ })).toHaveFocus()
  now.mockRestore()
})

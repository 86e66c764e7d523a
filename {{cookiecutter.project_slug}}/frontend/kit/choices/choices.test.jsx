import { act, screen, waitFor } from '@testing-library/react'
import { lazy } from 'react'
import { useState } from '@portal/sdk'
import { ComboBox } from '@portal/ui/choices'
import { makePortal, renderInPortal } from '@portal/testing'
import { LazyField } from '../aria/LazyField.jsx'

const CITIES = ['Delhi', 'Mumbai', 'Roorkee'].map((label, index) => ({ label, value: index + 1 }))

function City(props) {
  const [value, setValue] = useState(props.value ?? null)
  return (
    <>
      <ComboBox label="City" {...props} value={value} onChange={setValue} />
      <output data-testid="value">{JSON.stringify(value)}</output>
      <button onClick={() => setValue(null)}>Empty</button>
    </>
  )
}

const show = async (props) => {
  const view = renderInPortal(<City {...props} />, { portal: makePortal() })
  return { ...view, field: await screen.findByRole('combobox', { name: 'City' }) }
}
const chosen = () => JSON.parse(screen.getByTestId('value').textContent)

test('the options that contain the text are offered, and one is chosen by the keyboard', async () => {
  const { user, field } = await show({ options: CITIES })
  await user.type(field, 'oor')
  expect(screen.getAllByRole('option').map((option) => option.textContent)).toEqual(['Roorkee'])
  await user.keyboard('{ArrowDown}{Enter}')
  expect(field).toHaveValue('Roorkee')
  expect(chosen()).toBe(3)
  expect(screen.queryByRole('listbox')).not.toBeInTheDocument()
  await user.clear(field)
  expect(chosen()).toBeNull()
})

test('a text that is no option is not kept, and the form can empty the field', async () => {
  const { user, field } = await show({ options: CITIES, value: 1 })
  expect(field).toHaveValue('Delhi')
  await user.type(field, 'x')
  await user.tab()
  expect(field).toHaveValue('Delhi')
  await user.click(screen.getByRole('button', { name: 'Empty' }))
  expect(field).toHaveValue('')
})

test('any text is kept where the options are proposals', async () => {
  const { user, field } = await show({ options: CITIES, free: true })
  await user.type(field, 'Pune')
  await user.tab()
  expect(field).toHaveValue('Pune')
  expect(chosen()).toBe('Pune')
  await user.clear(field)
  await user.type(field, 'mum')
  await user.keyboard('{ArrowDown}{Enter}')
  expect(chosen()).toBe('Mumbai')
  expect(screen.queryByRole('listbox')).not.toBeInTheDocument()
})

test('a search offers what it finds, and says when it finds nothing', async () => {
  const search = jest.fn(async (text) => CITIES.filter(({ label }) => label.startsWith(text)))
  const { user, field } = await show({ search })
  await user.type(field, 'Mum')
  expect(await screen.findByRole('option', { name: 'Mumbai' })).toBeVisible()
  expect(search).toHaveBeenCalledTimes(1)
  await user.keyboard('{ArrowDown}{Enter}')
  expect(chosen()).toBe(2)
  expect(screen.queryByRole('listbox')).not.toBeInTheDocument()
  await user.type(field, 'x')
  expect(await screen.findByText('Nothing found')).toBeInTheDocument()
})

test('who moves the focus to a field before it has arrived keeps the focus', async () => {
  let arrive
  const Component = lazy(() => new Promise((resolve) => (arrive = resolve)))
  renderInPortal(<LazyField component={Component} props={{ label: 'City' }} />, { portal: makePortal() })
  act(() => screen.getByLabelText('City').focus())
  await act(async () => arrive({ default: () => <input role="combobox" aria-label="City" /> }))
  expect(await screen.findByRole('combobox')).toHaveFocus()
})

test('an error belongs to the field', async () => {
  const { field } = await show({ options: CITIES, error: 'Choose a city.' })
  await waitFor(() => expect(field).toHaveAccessibleDescription('Choose a city.'))
  expect(field).toBeInvalid()
})

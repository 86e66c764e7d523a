import { I18nProvider } from '@lingui/react'
import { act, render, screen, waitFor } from '@testing-library/react'
import { i18n, useState } from '@portal/sdk'
import { ComboBox } from '@portal/ui/choices'
import { makePortal, renderInPortal } from '@portal/testing'
import { lazyField } from '../aria/LazyField.jsx'

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
  const { LazyField } = lazyField(() => new Promise((resolve) => (arrive = resolve)))
  renderInPortal(<LazyField label="City" />, { portal: makePortal() })
  act(() => screen.getByLabelText('City').focus())
  await act(async () => arrive({ default: () => <input role="combobox" aria-label="City" /> }))
  expect(await screen.findByRole('combobox')).toHaveFocus()
})

test('a field that cannot be loaded leaves the form intact, and can be loaded again', async () => {
  const errors = jest.spyOn(console, 'error').mockImplementation(() => {})
  let isThere = false
  const load = async () => {
    if (!isThere) throw new Error('Loading chunk 7 failed')
    return { default: () => <input aria-label="City" /> }
  }
  const { LazyField, preload } = lazyField(load)
  preload() // fails too, and nothing else happens
  const { user } = renderInPortal(
    <>
      <input aria-label="Name" defaultValue="Asha" />
      <LazyField label="City" />
    </>,
    { portal: makePortal() },
  )
  expect(await screen.findByText(/This field could not be loaded/)).toBeVisible()
  isThere = true
  await user.click(screen.getByRole('button', { name: 'Try again' }))
  expect(await screen.findByRole('textbox', { name: 'City' })).toBeVisible()
  expect(screen.getByRole('textbox', { name: 'Name' })).toHaveValue('Asha')
  errors.mockRestore()
})

test('the options may arrive after the field, which then names the chosen one', async () => {
  const city = (options) => <ComboBox label="City" options={options} value={2} onChange={() => {}} />
  const { rerender } = render(<I18nProvider i18n={i18n}>{city(undefined)}</I18nProvider>)
  const field = await screen.findByRole('combobox', { name: 'City' })
  expect(field).toHaveValue('')
  rerender(<I18nProvider i18n={i18n}>{city(CITIES)}</I18nProvider>)
  expect(field).toHaveValue('Mumbai')
})

test('an error belongs to the field', async () => {
  const { field } = await show({ options: CITIES, error: 'Choose a city.' })
  await waitFor(() => expect(field).toHaveAccessibleDescription('Choose a city.'))
  expect(field).toBeInvalid()
})

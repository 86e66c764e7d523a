import { screen, within } from '@testing-library/react'
import { LineChart } from '@portal/ui/charts'
import { makePortal, renderInPortal } from '@portal/testing'

const show = (points) =>
  renderInPortal(<LineChart caption="Votes by day" points={points} labelTitle="Day" valueTitle="Votes" />, {
    portal: makePortal(),
  })

test('the table has the numbers of the line', () => {
  const { container } = show([
    { label: 'Monday', value: 0 },
    { label: 'Tuesday', value: 5 },
    { label: 'Friday', value: 10 },
  ])
  const chart = screen.getByRole('figure', { name: 'Votes by day' })
  const rows = within(chart).getAllByRole('row', { hidden: true })
  expect(rows.map((row) => row.textContent)).toEqual(['DayVotes', 'Monday0', 'Tuesday5', 'Friday10'])
  expect(container.querySelector('polyline')).toHaveAttribute('points', '0.0,200.0 300.0,100.0 600.0,0.0')
})

test('a chart of one value or of none is drawn too', () => {
  expect(() => show([])).not.toThrow()
  expect(() => show([{ label: 'Monday', value: 3 }])).not.toThrow()
})

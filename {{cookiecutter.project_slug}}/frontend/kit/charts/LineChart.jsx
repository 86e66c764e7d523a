import { i18n, useId } from '@portal/sdk'
import { t } from '@portal/i18n'

const [WIDTH, HEIGHT] = [600, 200]

/**
 * A line through values over time or another order. A table below has the same numbers.
 * @param {object} props
 * @param {string} props.caption describes the chart to screen readers
 * @param {{label: string, value: number}[]} props.points in their order
 * @param {string} [props.labelTitle] what the labels are, such as "Day"; the title of the table's first column
 * @param {string} [props.valueTitle] what the values are, such as "Votes"
 */
export function LineChart({ caption, points, labelTitle = t`Label`, valueTitle = t`Value` }) {
  const id = useId()
  const top = Math.max(0, ...points.map(({ value }) => value)) || 1
  const x = (index) => (points.length > 1 ? (index / (points.length - 1)) * WIDTH : WIDTH / 2)
  const y = (value) => HEIGHT - (Math.max(0, value) / top) * HEIGHT
  const line = points.map(({ value }, index) => `${x(index).toFixed(1)},${y(value).toFixed(1)}`).join(' ')
  return (
    <figure className="line-chart" aria-labelledby={id}>
      <figcaption id={id} className="visually-hidden">
        {caption}
      </figcaption>
      <div aria-hidden="true" className="line-chart-plot">
        <span>{i18n.number(top)}</span>
        <svg viewBox={`0 -6 ${WIDTH} ${HEIGHT + 12}`} preserveAspectRatio="none">
          <path
            d={`M0 ${HEIGHT}H${WIDTH}M0 ${HEIGHT / 2}H${WIDTH}M0 0H${WIDTH}`}
            className="line-chart-grid"
          />
          <polyline points={line} className="line-chart-line" />
        </svg>
        <span className="line-chart-labels">
          <span>{points[0]?.label}</span>
          <span>{points.length > 1 && points.at(-1).label}</span>
        </span>
      </div>
      <details>
        <summary>{t`Show as a table`}</summary>
        <table className="table">
          <caption className="visually-hidden">{caption}</caption>
          <thead>
            <tr>
              <th scope="col">{labelTitle}</th>
              <th scope="col" className="number">
                {valueTitle}
              </th>
            </tr>
          </thead>
          <tbody>
            {points.map(({ label, value }, index) => (
              <tr key={index}>
                <th scope="row">{label}</th>
                <td className="number">{i18n.number(value)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </figure>
  )
}

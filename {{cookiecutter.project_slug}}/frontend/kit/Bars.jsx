import './bars.css'
import './table.css'
import { i18n, useId } from '@portal/sdk'
import { t } from '@portal/i18n'
import { Chip } from './Chip.jsx'

/**
 * A bar chart of counts, with each count and its share of the total in percent beside the bar. A table below has the same numbers.
 * @param {{caption: string, rows: {id: string | number, label: string, value: number, highlighted?: boolean, note?: string}[]}} props
 *   `caption` describes the chart to screen readers; `highlighted` emphasizes a bar, such as the reader's own choice, and its `note` says
 *   why, such as "Your vote"
 */
export function Bars({ caption, rows }) {
  const id = useId()
  const total = rows.reduce((sum, { value }) => sum + value, 0)
  const percent = (value) =>
    i18n.number(total ? value / total : 0, { style: 'percent', maximumFractionDigits: 0 })
  return (
    <figure className="bars" aria-labelledby={id}>
      <figcaption id={id} className="visually-hidden">
        {caption}
      </figcaption>
      <ul role="list">
        {rows.map(({ id, label, value, highlighted, note }) => (
          <li className="bar" key={id} data-highlighted={highlighted || undefined}>
            <span className="bar-label">
              {label}{' '}
              {note && (
                <Chip tone="info" icon="check">
                  {note}
                </Chip>
              )}
            </span>
            <span className="bar-value">
              {i18n.number(value)} <span>· {percent(value)}</span>
            </span>
            <svg className="bar-track" aria-hidden="true">
              <rect
                className="bar-fill"
                width={`${total ? (100 * value) / total : 0}%`}
                height="100%"
                rx="5"
              />
            </svg>
          </li>
        ))}
      </ul>
      <details>
        <summary>{t`Show as a table`}</summary>
        <table className="table">
          <caption className="visually-hidden">{caption}</caption>
          <thead>
            <tr>
              <th scope="col">{t`Choice`}</th>
              <th scope="col" className="number">{t`Count`}</th>
              <th scope="col" className="number">{t`Share`}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ id, label, value }) => (
              <tr key={id}>
                <th scope="row">{label}</th>
                <td className="number">{i18n.number(value)}</td>
                <td className="number">{percent(value)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </figure>
  )
}

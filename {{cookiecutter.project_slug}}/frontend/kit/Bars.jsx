import { i18n, useId } from '@portal/sdk'
import { t } from '@portal/i18n'

/**
 * A bar chart of counts, with each count's share of the total in percent. A table below has the same numbers for screen readers.
 * @param {{caption: string, rows: {id: string | number, label: string, value: number, highlighted?: boolean}[]}} props
 *   `caption` describes the chart to screen readers; `highlighted` emphasizes a bar, such as the reader's own choice
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
      <div aria-hidden="true">
        {rows.map(({ id, label, value, highlighted }) => (
          <div className="bar" key={id} data-highlighted={highlighted || undefined}>
            <span className="bar-label">{label}</span>
            <span className="bar-value">{percent(value)}</span>
            <span className="bar-track">
              <span className="bar-fill" style={{ inlineSize: `${total ? (100 * value) / total : 0}%` }} />
            </span>
          </div>
        ))}
      </div>
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

import { t } from '@portal/i18n'
import { Button } from '../Button.jsx'
import { EmptyState } from '../EmptyState.jsx'
import { Problem } from '../Notice.jsx'
import { SelectAll, SelectRow, SelectionBar } from './Selection.jsx'

/**
 * @template Row
 * @typedef {object} Column
 * @property {string} name the property of the row; also the name by which `sort` sorts
 * @property {string} title
 * @property {(row: Row) => import('react').ReactNode} [render] the content of the cell, by default the property itself
 * @property {boolean} [sortable]
 * @property {boolean} [number] aligns numbers
 * @property {string} [narrow] `below` or `hide`: on a narrow page the column's content moves below the first column, or is hidden; by default the
 *   column stays
 */

/**
 * @template Row
 * @typedef {object} Selection
 * @property {(string | number)[]} selected the keys of the selected rows
 * @property {(selected: any[]) => void} onChange
 * @property {(row: Row) => string} label names a row for screen readers: "Select {label}"
 * @property {import('react').ReactNode} actions buttons, shown while rows are selected
 */

/**
 * A table of rows. The first column names its row. While `rows` is undefined, grey rows are shown, or the error.
 * @param {object} props
 * @param {string} props.caption names the table for screen readers
 * @param {Column<any>[]} props.columns
 * @param {any[] | undefined} props.rows
 * @param {(row: any) => string | number} [props.rowKey] by default the row's `id`
 * @param {string} [props.sort] the name of a column, with `-` before it for the descending order, such as `-name`
 * @param {(sort: string) => void} [props.onSort]
 * @param {Selection<any>} [props.selection]
 * @param {import('react').ReactNode} [props.empty] shown in place of no rows, such as an `EmptyState`
 * @param {{error?: any, retry?: () => void, fetchMore?: (() => void) | null, isFetchingMore?: boolean}} [props.cursor] what `useList()`
 *   returned: shows "Show more" when there are more rows, and the error of a request that failed
 */
export function DataTable({ caption, columns, rows, sort, onSort, selection, empty, cursor = {}, ...rest }) {
  const { rowKey = (/** @type {any} */ row) => row.id } = rest
  const { error, retry, fetchMore, isFetchingMore } = cursor
  const below = columns.filter(({ narrow }) => narrow === 'below')
  if (!rows && error) return <Problem error={error} onRetry={retry} />
  if (rows?.length === 0) return empty ?? <EmptyState title={t`Nothing here yet`} />

  return (
    <div className="data-table">
      {selection && <SelectionBar selection={selection} />}
      <table aria-busy={!rows || undefined}>
        <caption className="visually-hidden">{caption}</caption>
        <thead>
          <tr>
            {selection && (
              <td className="data-table-box">
                <SelectAll selection={selection} keys={(rows ?? []).map(rowKey)} />
              </td>
            )}
            {columns.map((column) => (
              <ColumnHeader key={column.name} column={column} sort={sort} onSort={onSort} />
            ))}
          </tr>
        </thead>
        <tbody>
          {rows
            ? rows.map((row) => (
                <tr key={rowKey(row)} data-selected={selection?.selected.includes(rowKey(row)) || undefined}>
                  {selection && (
                    <td className="data-table-box">
                      <SelectRow selection={selection} row={row} id={rowKey(row)} />
                    </td>
                  )}
                  {columns.map((column, index) => (
                    <Cell key={column.name} column={column} row={row} below={index === 0 && below} />
                  ))}
                </tr>
              ))
            : Array.from({ length: 5 }, (_, index) => (
                <tr key={`loading-${index}`} aria-hidden="true">
                  <td colSpan={columns.length + (selection ? 1 : 0)}>
                    <span className="skeleton" />
                  </td>
                </tr>
              ))}
        </tbody>
      </table>
      {!rows && (
        <span role="status" className="visually-hidden">
          {t`Loading…`}
        </span>
      )}
      {rows && error && <Problem error={error} onRetry={retry} />}
      {fetchMore && !error && (
        <p className="data-table-more">
          <Button busy={isFetchingMore} onClick={fetchMore}>{t`Show more`}</Button>
        </p>
      )}
    </div>
  )
}

/** @param {{column: Column<any>, sort?: string, onSort?: (sort: string) => void}} props */
function ColumnHeader({ column: { name, title, sortable, number, narrow }, sort, onSort }) {
  const order = sort === name ? 'ascending' : sort === `-${name}` ? 'descending' : undefined
  return (
    <th scope="col" aria-sort={order} className={number ? 'number' : undefined} data-narrow={narrow}>
      {sortable ? (
        <button type="button" onClick={() => onSort(order === 'ascending' ? `-${name}` : name)}>
          {title}
          <svg className="icon" viewBox="0 0 24 24" aria-hidden="true" data-order={order}>
            <path d="m8 10 4-4 4 4" />
            <path d="m8 14 4 4 4-4" />
          </svg>
        </button>
      ) : (
        title
      )}
    </th>
  )
}

/**
 * A cell. The first one, with `below`, is the header of its row, and holds the columns that move below it on a narrow page.
 * @param {{column: Column<any>, row: any, below: Column<any>[] | false}} props
 */
function Cell({ column, row, below }) {
  const { number, narrow } = column
  const Element = below ? 'th' : 'td'
  return (
    <Element scope={below ? 'row' : undefined} className={number ? 'number' : undefined} data-narrow={narrow}>
      {contentOf(column, row)}
      {below && below.length > 0 && (
        <span className="data-table-below">
          {below.map((other) => (
            <span key={other.name}>
              <span className="data-table-label">{other.title}</span> {contentOf(other, row)}
            </span>
          ))}
        </span>
      )}
    </Element>
  )
}

/** @param {Column<any>} column @param {any} row */
const contentOf = ({ render, name }, row) => (render ? render(row) : row[name])

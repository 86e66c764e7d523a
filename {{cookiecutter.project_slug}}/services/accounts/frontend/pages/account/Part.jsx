import { Panel, Problem, Skeleton, errorText } from '@portal/ui'

/**
 * A card of the account page whose content needs the answer of the API.
 * @param {{title: string, query: import('@tanstack/react-query').UseQueryResult<any, any>, help?: import('react').ReactNode,
 *   action?: import('react').ReactNode, footer?: import('react').ReactNode, rows?: number,
 *   children: (data: any) => import('react').ReactNode}} props `rows` is how many rows the content has, until it has arrived
 */
export function Part({ title, query, help, action, footer, rows = 2, children }) {
  return (
    <Panel title={title} action={query.data && action} footer={query.data && footer}>
      {help && <p className="help">{help}</p>}
      {query.data ? (
        children(query.data)
      ) : query.error ? (
        <Problem error={query.error} onRetry={query.refetch} />
      ) : (
        <Skeleton count={rows} shape="row" />
      )}
    </Panel>
  )
}

/** In a row, in place of a line that needs the answer of the API: a placeholder, or why there is no answer. @param {{error: any}} props */
export const Awaited = ({ error }) => (error ? errorText(error) : <span className="skeleton" />)

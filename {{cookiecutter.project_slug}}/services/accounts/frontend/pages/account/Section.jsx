import { useId } from '@portal/sdk'
import { Card, Problem, Skeleton } from '@portal/ui'

/**
 * A section of the account page. With a `query`, `children` is a function of its data and is called once the data has arrived.
 * @param {{title: string, help?: import('react').ReactNode, children: import('react').ReactNode | ((data: any) => import('react').ReactNode),
 *   query?: import('@tanstack/react-query').UseQueryResult<any, any>}} props
 */
export function Section({ title, help, query, children }) {
  const id = useId()
  return (
    <Card role="region" aria-labelledby={id} className="section stack">
      <div className="section-header">
        <h2 id={id}>{title}</h2>
        {help && <p className="help">{help}</p>}
      </div>
      {typeof children !== 'function' ? (
        children
      ) : query.data ? (
        children(query.data)
      ) : query.error ? (
        <Problem error={query.error} onRetry={query.refetch} />
      ) : (
        <Skeleton count={2} />
      )}
    </Card>
  )
}

import { useId } from 'react'
import { Card, Problem, Skeleton } from '../../kit/index.js'

/**
 * One matter of the account. With a `query`, its content is shown when that has answered.
 * @param {{title: string, hint?: import('react').ReactNode, children: import('react').ReactNode | ((data: any) => import('react').ReactNode),
 *   query?: import('@tanstack/react-query').UseQueryResult<any, any>}} props
 */
export function Section({ title, hint, query, children }) {
  const id = useId()
  return (
    <Card role="region" aria-labelledby={id} className="section stack">
      <div className="section-header">
        <h2 id={id}>{title}</h2>
        {hint && <p className="hint">{hint}</p>}
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

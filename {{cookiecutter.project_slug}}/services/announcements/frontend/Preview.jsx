import { ApiError, api, useEffect, useQuery, useState } from '@portal/sdk'
import { Card, Notice, Problem } from '@portal/ui'
import { t } from '@portal/i18n'
import { MarkdownTree } from './MarkdownTree.jsx'
import { LIST } from './requests.js'

const PAUSE = 400 // milliseconds without typing, after which the preview follows

/**
 * What readers will see. The server makes it, as it does for them.
 * @param {{title: string, text: string}} props
 */
export function Preview({ title, text }) {
  const settled = useSettled(text)
  const { data, error, refetch } = useQuery({
    queryKey: ['announcement-preview', settled],
    queryFn: ({ signal }) => api(`${LIST}preview/`, { body: { text: settled }, signal }),
    enabled: settled.trim() !== '',
    placeholderData: (previous) => previous,
    staleTime: Infinity,
    gcTime: 0,
  })
  const isEmpty = settled.trim() === ''
  return (
    <section className="composer-preview" aria-label={t`Preview`}>
      <h2>{t`Preview`}</h2>
      <Card className="announcement-text">
        {title && <p className="announcement-title">{title}</p>}
        {isEmpty ? (
          <p className="help">{t`What you write appears here as others will see it.`}</p>
        ) : error ? (
          <PreviewProblem error={error} retry={refetch} />
        ) : data ? (
          <MarkdownTree nodes={data.tree} />
        ) : (
          <p className="help">{t`Loading…`}</p>
        )}
      </Card>
    </section>
  )
}

/** @param {{error: any, retry: () => void}} props */
function PreviewProblem({ error, retry }) {
  const errors = (error instanceof ApiError && error.problem.errors) || []
  if (errors.length === 0) return <Problem error={error} onRetry={retry} />
  return <Notice kind="error">{errors.map(({ message }) => message).join(' ')}</Notice>
}

/** Return `value` as it was when it last stayed the same for a while. @param {string} value */
function useSettled(value) {
  const [settled, setSettled] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), PAUSE)
    return () => clearTimeout(timer)
  }, [value])
  return settled
}

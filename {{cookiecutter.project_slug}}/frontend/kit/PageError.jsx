import { t } from '@portal/i18n'
import { ApiError } from '@portal/sdk'
import { Button } from './Button.jsx'
import { Stop } from './Stop.jsx'

/**
 * The page in place of one that failed. Libraries' own words are in the browser's console, not here.
 * @param {{title: string, error: any, onRetry: () => void}} props
 */
export function PageError({ title, error, onRetry }) {
  const isMissing = error?.name === 'PageMissingError'
  const isLoadError = error?.name === 'ChunkLoadError'
  const requestId = error instanceof ApiError && error.problem.request_id
  const heading = isMissing
    ? t`This page may be new`
    : isLoadError
      ? t`This page could not be loaded`
      : t`This page stopped working`
  const advice = isMissing
    ? t`Reload the portal to get its latest version.`
    : isLoadError
      ? t`Check your connection. If the portal was just updated, reload it.`
      : t`The rest of the portal is not affected. If it happens again, tell the portal's maintainers what you did.`
  return (
    <Stop
      title={title}
      heading={heading}
      footer={requestId && t`Request ID: ${requestId}`}
      actions={
        <>
          {!isMissing && <Button kind="primary" onClick={onRetry}>{t`Try again`}</Button>}
          {(isMissing || isLoadError) && (
            <Button kind={isMissing ? 'primary' : 'plain'} onClick={() => location.reload()}>
              {t`Reload the portal`}
            </Button>
          )}
        </>
      }
    >
      <p role="alert">{advice}</p>
    </Stop>
  )
}

import { t } from '@portal/i18n'
import { ApiError } from '@portal/sdk'
import { Button } from './Button.jsx'
import { DeveloperMessage } from './DeveloperMessage.jsx'
import { errorText, mayPass } from './errorText.js'
import { Stop } from './Stop.jsx'

/**
 * The page in place of one that failed. Libraries' own words are in the browser's console, and here only in development.
 * @param {{title: string, error: any, onRetry: () => void}} props
 */
export function PageError({ title, error, onRetry }) {
  const isMissing = error?.name === 'PageMissingError'
  const isLoadError = error?.name === 'ChunkLoadError'
  const { heading, advice } = explain(error)
  const requestId = error instanceof ApiError && error.requestId
  return (
    <Stop
      title={title}
      heading={heading}
      footer={requestId && t`Request ID: ${requestId}`}
      actions={
        <>
          {!isMissing && mayPass(error) && <Button kind="primary" onClick={onRetry}>{t`Try again`}</Button>}
          {(isMissing || isLoadError) && (
            <Button kind={isMissing ? 'primary' : 'plain'} onClick={() => location.reload()}>
              {t`Reload the portal`}
            </Button>
          )}
        </>
      }
    >
      <p role="alert">{advice}</p>
      {process.env.NODE_ENV === 'development' && !(error instanceof ApiError) && (
        <DeveloperMessage error={error} />
      )}
    </Stop>
  )
}

/** Say what happened, and what to do. @param {any} error */
function explain(error) {
  if (error instanceof ApiError)
    return { heading: t`This page could not be loaded`, advice: errorText(error) }
  if (error?.name === 'ChunkLoadError')
    return {
      heading: t`This page could not be loaded`,
      advice: t`Check your connection. If the portal was just updated, reload it.`,
    }
  if (error?.name === 'PageMissingError')
    return {
      heading: t`This page may be new`,
      advice: t`Reload the portal to get its latest version.`,
    }
  return {
    heading: t`This page stopped working`,
    advice: t`The rest of the portal is not affected. If it happens again, tell the portal's maintainers what you did.`,
  }
}

import { ApiError, useApp, useItem, useParams, useRefresh, useTopic } from '@portal/sdk'
import { Button, NotFound, Page, Panel, Problem, Skeleton, Time } from '@portal/ui'
import { useUndoableChange } from '@portal/ui/toast'
import { FileUpload } from '@portal/ui/upload'
import { Trans, t } from '@portal/i18n'
import { LIST, TOPIC, pathOf } from './entries.js'

const LARGEST_PHOTO = 5 * 1024 * 1024 // bytes

export function EntryPage() {
  const { title } = useApp()
  const { id } = useParams()
  const { item: entry, error, retry } = useItem(pathOf(id))
  useTopic(TOPIC, useRefresh(LIST))
  if (error instanceof ApiError && error.status === 404) return <NotFound />
  return (
    <Page title={entry?.text ?? t`Entry`} breadcrumbs={[{ title, to: '/{{ app_name }}' }]} narrow>
      {entry ? <Entry entry={entry} /> : error ? <Problem error={error} onRetry={retry} /> : <Skeleton />}
    </Page>
  )
}

/** @param {Record<'entry', import('./entries.js').Entry>} props */
function Entry({ entry }) {
  const refresh = useRefresh(LIST)
  const path = pathOf(entry.id)
  const { change, withChange } = useUndoableChange(LIST)
  const { text, photo, created_at, remind_at, is_mine } = withChange(path, entry)
  return (
    <Panel title={t`About this entry`}>
      {photo && <img src={photo.large} alt={text} />}
      <p>
        <Trans>
          Added <Time value={created_at} />
        </Trans>
      </p>
      {remind_at && (
        <p className="row">
          <Trans>
            Reminder <Time value={remind_at} />
          </Trans>
          {is_mine && (
            <Button
              kind="quiet"
              onClick={() => change(path, entry, { remind_at: null }, t`Reminder turned off`)}
            >{t`Turn off`}</Button>
          )}
        </p>
      )}
      {is_mine && (
        <FileUpload
          label={t`Photo`}
          path={`${path}photo/`}
          method="PUT"
          accept="image/*"
          maxBytes={LARGEST_PHOTO}
          onUploaded={refresh}
        />
      )}
    </Panel>
  )
}

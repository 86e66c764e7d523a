import { api, useApp, useList, usePortal, useRefresh, useState, useTopic } from '@portal/sdk'
import { useDraft } from '@portal/sdk/draft'
import { Button, EmptyState, Field, Page, Panel, Problem, Row, Rows, Skeleton, Time } from '@portal/ui'
import { DateField } from '@portal/ui/dates'
import { Dialog } from '@portal/ui/dialog'
import { Form, useForm } from '@portal/ui/form'
import { useUndoableDelete } from '@portal/ui/toast'
import { FileUpload } from '@portal/ui/upload'
import { Trans, t } from '@portal/i18n'

/**
 * @typedef {object} Entry
 * @property {number} id
 * @property {string} text
 * @property {Record<'small' | 'large', string> | null} photo the URLs of its sizes
 * @property {string} created_at
 * @property {string | null} remind_at
 * @property {boolean} is_mine whether the reader wrote it, and may delete it
 */

const LIST = '/api/{{ app_name }}/'
const DRAFT = `${LIST}draft/`
const TOPIC = '{{ app_name }}:entries'
const EMPTY = Object.freeze({ text: '', remind_at: '' })

export default function AppPage() {
  const { title, description } = useApp()
  const { person } = usePortal()
  const { items, error, retry, fetchMore, isFetchingMore } = useList(LIST)
  useTopic(TOPIC, useRefresh(LIST))

  return (
    <Page title={title} lead={description} narrow>
      {person && <EntryForm />}
      <Panel title={t`Entries`}>
        {items ? (
          <Entries items={items} />
        ) : error ? (
          <Problem error={error} onRetry={retry} />
        ) : (
          <Skeleton shape="row" />
        )}
        {fetchMore && (
          <p>
            <Button busy={isFetchingMore} onClick={fetchMore}>{t`Show more`}</Button>
          </p>
        )}
      </Panel>
    </Page>
  )
}

/** The list. An entry that is deleted disappears at once, and five seconds later on the server. @param {Record<'items', Entry[]>} props */
function Entries({ items }) {
  const { remove, isDeleted } = useUndoableDelete(LIST)
  const entries = items.filter(({ id }) => !isDeleted(`${LIST}${id}/`))
  if (entries.length === 0) {
    return (
      <EmptyState icon="file" title={t`Nothing here yet`} level="h3">
        <p>{t`New entries appear here.`}</p>
      </EmptyState>
    )
  }
  return (
    <Rows>
      {entries.map(({ id, text, photo, created_at, remind_at, is_mine }) => (
        <Row
          key={id}
          title={text}
          avatar={photo && { display_name: text, photo: photo.small }}
          detail={
            <>
              <Time value={created_at} />
              {remind_at && (
                <>
                  {' · '}
                  <Trans>
                    Reminder <Time value={remind_at} />
                  </Trans>
                </>
              )}
            </>
          }
          end={
            is_mine && (
              <>
                <AddPhoto id={id} text={text} />
                <Button
                  kind="quiet"
                  aria-label={t`Delete ${text}`}
                  onClick={() => remove(`${LIST}${id}/`, t`Entry deleted`)}
                >{t`Delete`}</Button>
              </>
            )
          }
        />
      ))}
    </Rows>
  )
}

/** A button that opens a dialog to upload a photo. @param {Pick<Entry, 'id' | 'text'>} props */
function AddPhoto({ id, text }) {
  const [open, setOpen] = useState(false)
  const refresh = useRefresh(LIST)
  return (
    <>
      <Button kind="quiet" aria-label={t`Photo of ${text}`} onClick={() => setOpen(true)}>{t`Photo`}</Button>
      <Dialog open={open} title={text} onClose={() => setOpen(false)}>
        <FileUpload
          label={t`Photo`}
          path={`${LIST}${id}/photo/`}
          method="PUT"
          accept="image/*"
          maxBytes={5 * 1024 * 1024}
          onUploaded={() => {
            setOpen(false)
            refresh()
          }}
        />
      </Dialog>
    </>
  )
}

/** The form. What was typed is kept across a reload, and on the person's other devices. */
function EntryForm() {
  const refresh = useRefresh(LIST)
  const form = useForm({
    draft: useDraft(DRAFT, { initial: EMPTY }),
    submit: ({ text, remind_at }) => api(LIST, { body: { text, remind_at: remind_at || null } }),
    onSuccess: refresh,
  })
  return (
    <Form form={form} action={t`Add`}>
      <Field {...form.field('text')} label={t`Text`} required maxLength={200} />
      <DateField
        {...form.control('remind_at')}
        label={t`Remind me`}
        time
        onChange={(moment) => form.set('remind_at', moment ?? '')}
      />
    </Form>
  )
}

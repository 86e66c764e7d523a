import {
  ApiError,
  Link,
  api,
  clock,
  useCallback,
  useMutation,
  useNavigate,
  useParams,
  useQuery,
  useRefresh,
  useState,
} from '@portal/sdk'
import { useDraft } from '@portal/sdk/draft'
import { Button, EmptyState, Field, Notice, Page, Problem, Skeleton } from '@portal/ui'
import { DateField } from '@portal/ui/dates'
import { useUnsavedChanges } from '@portal/ui/form'
import { Plural, t } from '@portal/i18n'
import { Missing } from './AnnouncementList.jsx'
import { AudienceField } from './AudienceField.jsx'
import { Preview } from './Preview.jsx'
import { LIST, useOptions } from './requests.js'
import { useReach } from './reach.js'

const LONGEST_TITLE = 120 // characters
const LONGEST_TEXT = 10_000 // characters

/** @type {{title: string, text: string, everyone: boolean, roles: string[], later: boolean, send_at: string, expires_at: string}} */
const EMPTY = { title: '', text: '', everyone: true, roles: [], later: false, send_at: '', expires_at: '' }

/** The page on which an announcement is written. */
export function Composer() {
  return (
    <ComposerPage title={t`New announcement`}>{(roles) => <NewAnnouncement roles={roles} />}</ComposerPage>
  )
}

/** The page on which an announcement that was not sent is changed. */
export function Editor() {
  const path = `${LIST}${encodeURIComponent(useParams().id)}/source/`
  return (
    <ComposerPage title={t`Edit announcement`}>
      {(roles) => <ScheduledAnnouncement key={path} path={path} roles={roles} />}
    </ComposerPage>
  )
}

/** @param {{title: string, children: (roles: import('./requests.js').Role[]) => import('react').ReactNode}} props */
function ComposerPage({ title, children }) {
  const { data: options, error, refetch } = useOptions()
  return (
    <Page title={title} before={<Link to="..">{t`All announcements`}</Link>}>
      {options ? (
        options.composing === 'allowed' ? (
          children(options.roles)
        ) : (
          <NotAllowed composing={options.composing} />
        )
      ) : error ? (
        <Problem error={error} onRetry={refetch} />
      ) : (
        <Skeleton />
      )}
    </Page>
  )
}

/** @param {{composing: import('./requests.js').Options['composing']}} props */
export function NotAllowed({ composing }) {
  if (composing !== 'refused') return <Missing composing={composing} />
  return (
    <EmptyState icon="megaphone" title={t`You cannot write announcements`}>
      <p>{t`A maintainer of the portal can give you the permission.`}</p>
    </EmptyState>
  )
}

/** @param {{roles: import('./requests.js').Role[]}} props */
function NewAnnouncement({ roles }) {
  const kept = useDraft(`${LIST}draft/`, { initial: EMPTY })
  const isUnsaved = kept.status === 'failed' && kept.error !== null
  return <ComposerForm roles={roles} kept={kept} isUnsaved={isUnsaved} save={(body) => api(LIST, { body })} />
}

/** @param {{path: string, roles: import('./requests.js').Role[]}} props */
function ScheduledAnnouncement({ path, roles }) {
  // Nothing stays in the cache, so that the form never begins with an earlier version.
  const { data, error, refetch } = useQuery({
    queryKey: [path],
    queryFn: ({ signal }) => api(path, { signal }),
    gcTime: 0,
  })
  if (data) return <EditForm path={path} roles={roles} source={data} />
  return error ? <Problem error={error} onRetry={refetch} /> : <Skeleton />
}

/** @param {{path: string, roles: import('./requests.js').Role[], source: import('./requests.js').Source}} props */
function EditForm({ path, roles, source }) {
  const [initial] = useState(() => ({
    ...source,
    everyone: source.roles.length === 0,
    later: true,
    expires_at: source.expires_at ?? '',
  }))
  const kept = useDraft(null, { initial })
  return (
    <ComposerForm
      roles={roles}
      kept={kept}
      isUnsaved={JSON.stringify(kept.value) !== JSON.stringify(initial)}
      save={(body) => api(path, { method: 'PUT', body })}
      saveText={t`Save`}
    />
  )
}

/**
 * The form of a new announcement, or of one that waits.
 * @param {{roles: import('./requests.js').Role[], kept: ReturnType<typeof useDraft>, isUnsaved: boolean, save: (body: any) => Promise<any>,
 *   saveText?: string}} props `kept` is what was typed; `isUnsaved`: leaving the page loses it; `save` sends it
 */
function ComposerForm({ roles, kept, isUnsaved, save, saveText = t`Schedule` }) {
  const draft = kept.value
  const [reviewing, setReviewing] = useState(false)
  const [isTimeMissing, setTimeMissing] = useState(false)
  const refresh = useRefresh(LIST)
  const navigate = useNavigate()
  const reach = useReach(draft.everyone ? [] : draft.roles)
  const hasAudience = draft.everyone || draft.roles.length > 0
  useUnsavedChanges(useCallback(() => isUnsaved, [isUnsaved]))

  const { mutate, isPending, error, reset } = useMutation({
    mutationFn: () =>
      save({
        title: draft.title,
        text: draft.text,
        roles: draft.everyone ? [] : draft.roles,
        send_at: draft.later ? draft.send_at : null,
        expires_at: draft.expires_at || null,
      }),
    onError: () => setReviewing(false),
    onSuccess: async () => {
      kept.discard()
      await refresh()
      navigate('../all', { state: { saved: draft.later ? 'scheduled' : 'sent' } })
    },
  })
  const { errorOf, otherError } = fieldErrors(error, ['title', 'text', 'roles', 'send_at', 'expires_at'])

  /** @param {Partial<typeof EMPTY>} values */
  function change(values) {
    kept.setValue((before) => ({ ...before, ...values }))
    setReviewing(false)
    setTimeMissing(false)
    if (error) reset()
  }

  function onSubmit(event) {
    event.preventDefault()
    if (isPending || !hasAudience) return
    if (draft.later && !draft.send_at) return setTimeMissing(true)
    if (draft.later || reviewing) mutate()
    else setReviewing(true)
  }

  return (
    <div className="composer">
      <form className="stack" onSubmit={onSubmit}>
        <Field
          label={t`Title`}
          name="title"
          required
          maxLength={LONGEST_TITLE}
          autoComplete="off"
          value={draft.title}
          error={errorOf('title')}
          onChange={(event) => change({ title: event.target.value })}
        />
        <Field
          label={t`Text`}
          name="text"
          multiline
          required
          rows={10}
          maxLength={LONGEST_TEXT}
          value={draft.text}
          error={errorOf('text')}
          help={t`Markdown: **bold**, *italic*, # heading, - item, > quote, [link](https://example.edu).`}
          onChange={(event) => change({ text: event.target.value })}
        />
        <AudienceField
          roles={roles}
          everyone={draft.everyone}
          chosen={draft.roles}
          reach={reach}
          error={errorOf('roles')}
          onChange={change}
        />
        <Times
          draft={draft}
          errorOf={(name) =>
            isTimeMissing && name === 'send_at' ? t`Choose when it is sent.` : errorOf(name)
          }
          onChange={change}
        />
        {otherError && <Problem error={otherError} />}
        {reviewing ? (
          <Review title={draft.title} reach={reach} busy={isPending} onBack={() => setReviewing(false)} />
        ) : (
          <div className="row">
            <Button type="submit" kind="primary" busy={isPending} disabled={!hasAudience}>
              {draft.later ? saveText : t`Send now`}
            </Button>
            <DraftState kept={kept} />
          </div>
        )}
      </form>
      <Preview title={draft.title} text={draft.text} />
    </div>
  )
}

/**
 * Whether what was typed is kept, and a button that empties the form.
 * @param {{kept: ReturnType<typeof useDraft>}} props
 */
function DraftState({ kept: { status, error, discard } }) {
  return (
    <>
      <span role="status" className="help">
        {status === 'saving' && t`Saving the draft…`}
        {status === 'saved' && t`Draft saved`}
        {status === 'failed' && (error?.status === 400 ? error.message : t`The draft is not saved yet.`)}
      </span>
      {status === 'saved' && <Button kind="quiet" onClick={discard}>{t`Discard the draft`}</Button>}
    </>
  )
}

/**
 * When it is sent, and until when it is shown.
 * @param {{draft: typeof EMPTY, errorOf: (field: string) => string | undefined, onChange: (values: Partial<typeof EMPTY>) => void}} props
 */
function Times({ draft, errorOf, onChange }) {
  const [now] = useState(() => new Date(clock.now()).toISOString())
  return (
    <>
      <fieldset className="choices">
        <legend>{t`When`}</legend>
        <label>
          <input
            type="radio"
            name="when"
            checked={!draft.later}
            onChange={() => onChange({ later: false })}
          />
          <span>{t`Now`}</span>
        </label>
        <label>
          <input type="radio" name="when" checked={draft.later} onChange={() => onChange({ later: true })} />
          <span>{t`Later`}</span>
        </label>
      </fieldset>
      {draft.later && (
        <DateField
          label={t`Send at`}
          name="send_at"
          time
          required
          min={now}
          value={draft.send_at}
          error={errorOf('send_at')}
          help={t`Until then you can change or cancel it.`}
          onChange={(moment) => onChange({ send_at: moment ?? '' })}
        />
      )}
      <DateField
        label={t`Expires at (optional)`}
        name="expires_at"
        time
        min={draft.later && draft.send_at ? draft.send_at : now}
        value={draft.expires_at}
        error={errorOf('expires_at')}
        help={t`From then on it is in no list any more, and its page says that it expired.`}
        onChange={(moment) => onChange({ expires_at: moment ?? '' })}
      />
    </>
  )
}

/**
 * The last question before an announcement leaves at once, because nobody can take it back.
 * @param {{title: string, reach: ReturnType<typeof useReach>, busy: boolean, onBack: () => void}} props
 */
function Review({ title, reach, busy, onBack }) {
  const { people } = reach
  return (
    <Notice title={t`Send “${title}” now?`}>
      <p>{t`You cannot take it back. Check the preview.`}</p>
      <div className="row">
        <Button type="submit" kind="primary" busy={busy} autoFocus>
          {people === undefined ? (
            t`Send`
          ) : (
            <Plural value={people} one="Send to # person" other="Send to # people" />
          )}
        </Button>
        <Button onClick={onBack}>{t`Back`}</Button>
      </div>
    </Notice>
  )
}

/**
 * Divide an error into those of `fields` and any other.
 * @param {any} error
 * @param {string[]} fields
 */
function fieldErrors(error, fields) {
  const all = (error instanceof ApiError && error.problem.errors) || []
  const nameOf = ({ field }) => field.split('.')[0]
  const errorOf = (name) => {
    const messages = all.filter((one) => nameOf(one) === name).map(({ message }) => message)
    return messages.length ? messages.join(' ') : undefined
  }
  const isShown = all.length > 0 && all.every((one) => fields.includes(nameOf(one)))
  return { errorOf, otherError: isShown ? null : error }
}

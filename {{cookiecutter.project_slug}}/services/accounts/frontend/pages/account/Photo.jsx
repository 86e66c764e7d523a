import { t } from '@portal/i18n'
import { ApiError, api, i18n, useMutation, usePortal, useQueryClient, useRef, useState } from '@portal/sdk'
import { Button, Field, LinkButton, Notice, Tile } from '@portal/ui'
import { ValidationFailed, fetchSession } from '../../allauth.js'
import { Form, FormProblem } from '../../forms/Form.jsx'
import { Section } from './Section.jsx'

const PATH = '/api/accounts/photo/'
const CONTENT_TYPES = 'image/jpeg,image/png,image/webp,image/gif'
const MEGABYTE = 1024 * 1024 // bytes
const MAX_MEGABYTES = 5

/** The person's photo, with a form to change it and a button to remove it. */
export function Photo() {
  const client = useQueryClient()
  const { person, apps } = usePortal()
  const [isChoosing, setIsChoosing] = useState(false)
  const [file, setFile] = useState(/** @type {File | undefined} */ (undefined))
  const [isUploading, setIsUploading] = useState(false)
  const [message, setMessage] = useState('')
  /** @type {import('react').RefObject<HTMLDivElement | null>} */
  const result = useRef(null)

  async function succeed(success) {
    await fetchSession(client) // the header shows the photo too
    setMessage(success)
    result.current?.focus()
  }

  function openForm() {
    setIsChoosing(true)
    setMessage('')
  }

  function closeForm() {
    setIsChoosing(false)
    setFile(undefined)
  }

  async function upload() {
    if (!file) throw photoError(t`Choose a file.`)
    if (file.size > MAX_MEGABYTES * MEGABYTE) throw tooLarge(file)
    const body = new FormData()
    body.append('photo', file)
    setIsUploading(true)
    try {
      await api(PATH, { method: 'PUT', body })
    } catch (error) {
      throw asFieldError(error, file)
    } finally {
      setIsUploading(false)
    }
    closeForm()
    await succeed(t`Your photo is changed.`)
  }

  const remove = useMutation({
    mutationFn: () => api(PATH, { method: 'DELETE' }),
    onMutate: () => setMessage(''),
    onSuccess: () => succeed(t`Your photo is removed.`),
  })

  return (
    <Section title={t`Photo`} help={t`Shown next to your name. Photos are cropped to a square.`}>
      <div className="photo-row">
        {person.photo ? (
          <img src={largePhoto(person.photo)} alt={t`Your photo`} className="photo" width="96" height="96" />
        ) : (
          <>
            <span className="photo">
              <Tile title={person.display_name || person.username} />
            </span>
            <p>{t`You have no photo yet.`}</p>
          </>
        )}
      </div>
      <div ref={result} tabIndex={-1} hidden={!message}>
        {message && <Notice kind="success">{message}</Notice>}
      </div>
      <FormProblem error={remove.error} />
      {isChoosing ? (
        <Form
          send={upload}
          submit={t`Use this photo`}
          actions={<Button kind="quiet" onClick={closeForm}>{t`Cancel`}</Button>}
        >
          {(fieldError) => (
            <>
              <Field
                label={t`Picture file`}
                name="photo"
                type="file"
                accept={CONTENT_TYPES}
                autoFocus
                onChange={({ target }) => setFile(/** @type {HTMLInputElement} */ (target).files[0])}
                help={t`JPEG, PNG, WebP or GIF, at most ${MAX_MEGABYTES} MB. We remove hidden data, such as the location.`}
                error={fieldError('photo')}
              />
              <p role="status" className="help">
                {isUploading && t`Uploading…`}
              </p>
            </>
          )}
        </Form>
      ) : (
        <div className="row">
          <Button onClick={openForm}>{person.photo ? t`Change photo` : t`Choose photo`}</Button>
          {person.photo && (
            <Button kind="quiet" busy={remove.isPending} onClick={() => remove.mutate()}>
              {t`Remove photo`}
            </Button>
          )}
          {apps.some(({ name }) => name === 'people') && (
            <LinkButton kind="quiet" to="/people/me">{t`Who can see it`}</LinkButton>
          )}
        </div>
      )}
    </Section>
  )
}

/** The URLs of both sizes differ only in this word. */
const largePhoto = (url) => url.replace('/small/', '/large/')

/** @param {File} file */
function tooLarge({ size }) {
  const megabytes = i18n.number(size / MEGABYTE, { maximumFractionDigits: 1 })
  return photoError(t`This file has ${megabytes} MB. Choose one with at most ${MAX_MEGABYTES} MB.`)
}

const photoError = (message) => new ValidationFailed([{ message, code: 'invalid', param: 'photo' }])

/** Turn an API error about the file into an error of the form's field. Returns other errors unchanged. @param {File} file */
function asFieldError(error, file) {
  if (!(error instanceof ApiError)) return error
  if (error.status === 413) return tooLarge(file)
  const messages = error.problem.errors?.map(({ message }) => message)
  return error.status === 400 && messages?.length ? photoError(messages.join(' ')) : error
}

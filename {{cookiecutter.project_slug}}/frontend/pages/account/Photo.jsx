import { t } from '@portal/i18n'
import { useRef, useState } from 'react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button, Field, LinkButton, Notice } from '../../kit/index.js'
import { initial } from '../../kit/Tile.jsx'
import { ApiError, api, i18n, usePortal } from '../../sdk/index.js'
import { Refused, fetchSession } from '../allauth.js'
import { Form, FormProblem } from '../parts/Form.jsx'
import { Section } from './Section.jsx'

const ADDRESS = '/api/accounts/photo/'
const KINDS = 'image/jpeg,image/png,image/webp,image/gif'
const MEGABYTE = 1024 * 1024
const MOST_MEGABYTES = 5

/** The person's photo, a way to another one, and a way to none. */
export function Photo() {
  const client = useQueryClient()
  const { person, apps } = usePortal()
  const [choosing, setChoosing] = useState(false)
  const [photo, setPhoto] = useState(/** @type {File | undefined} */ (undefined))
  const [sending, setSending] = useState(false)
  const [said, setSaid] = useState('')
  /** @type {import('react').RefObject<HTMLDivElement | null>} */
  const result = useRef(null)

  async function say(words) {
    await fetchSession(client) // the header shows the photo too
    setSaid(words)
    result.current?.focus()
  }

  function choose(isChoosing) {
    setChoosing(isChoosing)
    setPhoto(undefined)
    if (isChoosing) setSaid('')
  }

  async function send() {
    if (!photo) throw refusedWith(t`Choose a file first.`)
    if (photo.size > MOST_MEGABYTES * MEGABYTE) throw tooLarge(photo)
    const body = new FormData()
    body.append('photo', photo)
    setSending(true)
    try {
      await api(ADDRESS, { method: 'PUT', body })
    } catch (error) {
      throw inWords(error, photo)
    } finally {
      setSending(false)
    }
    choose(false)
    await say(t`Your photo is in.`)
  }

  const remove = useMutation({
    mutationFn: () => api(ADDRESS, { method: 'DELETE' }),
    onMutate: () => setSaid(''),
    onSuccess: () => say(t`Your photo was taken off.`),
  })

  return (
    <Section title={t`Photo`} hint={t`It stands beside your name. Of a picture, the middle is shown.`}>
      <div className="photo-line">
        {person.photo ? (
          <img src={inLarge(person.photo)} alt={t`Your photo`} className="photo" width="96" height="96" />
        ) : (
          <>
            <span className="photo" aria-hidden="true">
              {initial(person.display_name || person.username)}
            </span>
            <p>{t`There is no photo yet.`}</p>
          </>
        )}
      </div>
      <div ref={result} tabIndex={-1} hidden={!said}>
        {said && <Notice kind="good">{said}</Notice>}
      </div>
      <FormProblem error={remove.error} />
      {choosing ? (
        <Form
          send={send}
          submit={t`Use this photo`}
          actions={<Button kind="quiet" onClick={() => choose(false)}>{t`Cancel`}</Button>}
        >
          {(fieldError) => (
            <>
              <Field
                label={t`Picture`}
                name="photo"
                type="file"
                accept={KINDS}
                autoFocus
                onChange={({ target }) => setPhoto(/** @type {HTMLInputElement} */ (target).files[0])}
                help={t`A JPEG, PNG, WebP or GIF of ${MOST_MEGABYTES} MB at most. What a camera notes in it, such as the place, is removed.`}
                error={fieldError('photo')}
              />
              <p role="status" className="hint">
                {sending && t`The photo is on its way…`}
              </p>
            </>
          )}
        </Form>
      ) : (
        <div className="row">
          <Button onClick={() => choose(true)}>
            {person.photo ? t`Change the photo` : t`Choose a photo`}
          </Button>
          {person.photo && (
            <Button kind="quiet" busy={remove.isPending} onClick={() => remove.mutate()}>
              {t`Remove the photo`}
            </Button>
          )}
          {apps.some(({ name }) => name === 'people') && (
            <LinkButton kind="quiet" to="/people/me">{t`Who sees it`}</LinkButton>
          )}
        </div>
      )}
    </Section>
  )
}

/** Both sizes' addresses are the same but for this word. */
const inLarge = (address) => address.replace('/small/', '/large/')

/** @param {File} photo */
function tooLarge({ size }) {
  const megabytes = i18n.number(size / MEGABYTE, { maximumFractionDigits: 1 })
  return refusedWith(
    t`This file has ${megabytes} MB. ${MOST_MEGABYTES} MB are the most: choose a smaller one.`,
  )
}

const refusedWith = (message) => new Refused([{ message, code: 'invalid', param: 'photo' }])

/** What the portal refuses about the file, as a fieldError of the form's field; anything else as it is. @param {File} photo */
function inWords(error, photo) {
  if (!(error instanceof ApiError)) return error
  if (error.status === 413) return tooLarge(photo)
  const messages = error.problem.errors?.map(({ message }) => message)
  return error.status === 400 && messages?.length ? refusedWith(messages.join(' ')) : error
}

import { t } from '@portal/i18n'
import { ApiError, api, useMutation, usePortal, useQueryClient, useState } from '@portal/sdk'
import { Avatar, Button, Panel } from '@portal/ui'
import { toast } from '@portal/ui/toast'
import { upload } from '@portal/ui/upload'
import { fetchSession } from '../allauth.js'
import { FormProblem } from '../forms/Form.jsx'
import { PhotoDialog } from './PhotoDialog.jsx'
import { photoError } from './picture.js'

const PATH = '/api/accounts/photo/'

/** The person's photo, with a dialog to change it and a button to remove it. */
export function Photo() {
  const client = useQueryClient()
  const { person, site } = usePortal()
  const [open, setOpen] = useState(false)
  const name = person.display_name || person.username

  async function succeed(text) {
    await fetchSession(client) // the header shows the photo too
    toast(text)
  }

  /** @type {import('./PhotoDialog.jsx').OnUse} */
  async function change(file, { onProgress, signal }) {
    await upload(PATH, file, { site, method: 'PUT', field: 'photo', onProgress, signal }).catch((error) => {
      throw asFieldError(error)
    })
    setOpen(false)
    await succeed(t`Your photo is changed.`)
  }

  const remove = useMutation({
    mutationFn: () => api(PATH, { method: 'DELETE' }),
    onSuccess: () => succeed(t`Your photo is removed.`),
  })

  return (
    <Panel title={t`Photo`} footer={<span className="help">{t`Shown next to your name.`}</span>}>
      <div className="photo-row">
        {person.photo ? (
          <img src={largePhoto(person.photo)} alt={t`Your photo`} className="photo" width="96" height="96" />
        ) : (
          <Avatar person={{ display_name: name }} size="large" />
        )}
        <div className="stack">
          {!person.photo && <p>{t`You have no photo yet.`}</p>}
          <div className="row">
            <Button onClick={() => setOpen(true)}>{person.photo ? t`Change photo` : t`Choose photo`}</Button>
            {person.photo && (
              <Button kind="quiet" busy={remove.isPending} onClick={() => remove.mutate()}>
                {t`Remove photo`}
              </Button>
            )}
          </div>
        </div>
      </div>
      <FormProblem error={remove.error} />
      {open && <PhotoDialog onUse={change} onClose={() => setOpen(false)} />}
    </Panel>
  )
}

/** The URLs of both sizes differ only in this word. */
const largePhoto = (url) => url.replace('/small/', '/large/')

/** Turn an API error about the file into an error of the form's field. Returns other errors unchanged. */
function asFieldError(error) {
  if (!(error instanceof ApiError)) return error
  const messages = error.problem.errors?.map(({ message }) => message)
  if (error.status === 413) return photoError(error.message)
  return error.status === 400 && messages?.length ? photoError(messages.join(' ')) : error
}

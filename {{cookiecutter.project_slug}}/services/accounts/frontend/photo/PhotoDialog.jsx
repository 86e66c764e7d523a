import { t } from '@portal/i18n'
import { useEffect, useId, useRef, useState } from '@portal/sdk'
import { Button } from '@portal/ui'
import { Dialog } from '@portal/ui/dialog'
import { UploadProgress } from '@portal/ui/upload'
import { ValidationFailed } from '../allauth.js'
import { Form } from '../forms/Form.jsx'
import { Crop } from './Crop.jsx'
import { WHOLE, cutOut, photoError, readPicture } from './picture.js'

const CONTENT_TYPES = 'image/jpeg,image/png,image/webp,image/gif'

/** @typedef {(file: File, options: {onProgress: (share: number) => void, signal: AbortSignal}) => Promise<void>} OnUse */

/**
 * The dialog for a new photo: choose a picture, or drop it here, and crop it. Closing the dialog cancels the upload.
 * @param {{onUse: OnUse, onClose: () => void}} props
 */
export function PhotoDialog({ onUse, onClose }) {
  const [picture, setPicture] = useState(/** @type {ImageBitmap | null} */ (null))
  const [crop, setCrop] = useState(WHOLE)
  const [problem, setProblem] = useState('')
  const [share, setShare] = useState(/** @type {number | null} */ (null)) // that is uploaded
  const controller = useRef(/** @type {AbortController | null} */ (null))
  useEffect(() => () => controller.current?.abort(), [])
  useEffect(() => () => picture?.close(), [picture])

  /** @param {File | undefined} file */
  async function choose(file) {
    if (!file) return
    setProblem('')
    try {
      setPicture(await readPicture(file))
      setCrop(WHOLE)
    } catch (error) {
      setPicture(null)
      setProblem(error instanceof ValidationFailed ? error.message : t`This file could not be read.`)
    }
  }

  async function send() {
    if (!picture) throw photoError(t`Choose a picture.`)
    controller.current = new AbortController()
    const { signal } = controller.current
    setShare(0)
    try {
      await onUse(await cutOut(picture, crop), { onProgress: setShare, signal })
    } finally {
      setShare(null)
    }
  }

  return (
    <Dialog title={t`Your photo`} onClose={onClose} actions={null} wide>
      <Form send={send} submit={t`Use this photo`} actions={<Button onClick={onClose}>{t`Cancel`}</Button>}>
        {(fieldError) => (
          <>
            <DropZone onFile={choose} error={problem || fieldError('photo')} />
            {picture && <Crop picture={picture} crop={crop} onChange={setCrop} />}
            {share !== null && <UploadProgress name={t`Your photo`} share={share} />}
          </>
        )}
      </Form>
    </Dialog>
  )
}

/** @param {{onFile: (file: File | undefined) => void, error?: string}} props */
function DropZone({ onFile, error }) {
  const id = useId()
  const [over, setOver] = useState(false)
  const stop = (event) => event.preventDefault() // otherwise the browser opens the file

  return (
    <div
      className="drop-zone field"
      data-over={over || undefined}
      onDragOver={(event) => {
        stop(event)
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        stop(event)
        setOver(false)
        onFile(event.dataTransfer.files[0])
      }}
    >
      <label htmlFor={id}>{t`Picture file`}</label>
      <input
        id={id}
        type="file"
        accept={CONTENT_TYPES}
        aria-describedby={error ? `${id}-help ${id}-error` : `${id}-help`}
        aria-invalid={error ? true : undefined}
        onChange={(event) => onFile(event.target.files[0])}
      />
      <p id={`${id}-help`} className="help">
        {t`Choose a JPEG, PNG, WebP or GIF, or drop it here. We remove hidden data, such as the location.`}
      </p>
      {error && (
        <p id={`${id}-error`} className="field-error" role="alert">
          {error}
        </p>
      )}
    </div>
  )
}

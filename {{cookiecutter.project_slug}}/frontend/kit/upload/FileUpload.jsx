import { i18n, useEffect, usePortal, useRef, useState } from '@portal/sdk'
import { t } from '@portal/i18n'
import { FormControl } from '../FormControl.jsx'
import { Problem } from '../Notice.jsx'
import { upload } from './upload.js'
import { UploadProgress } from './UploadProgress.jsx'

/**
 * A field for a file, which is uploaded as soon as it is chosen, with its progress and a button to cancel it.
 * @param {object} props
 * @param {string} props.label
 * @param {import('react').ReactNode} [props.help]
 * @param {string} props.path the URL of the API
 * @param {string} [props.method] by default POST
 * @param {string} [props.field] the name of the file in the form data, by default `file`
 * @param {Record<string, string>} [props.data] further fields of the form data
 * @param {string} [props.accept] the types of files that the dialog offers, such as `.csv,text/csv`
 * @param {number} props.maxBytes a larger file is refused before it is sent
 * @param {(answer: any, file: File) => void} props.onUploaded
 */
export function FileUpload({
  label,
  help,
  path,
  method,
  field = 'file',
  data,
  accept,
  maxBytes,
  onUploaded,
}) {
  const { site } = usePortal()
  const [state, setState] = useState(
    /** @type {{file?: File, share?: number, error?: any, tooLarge?: boolean}} */ ({}),
  )
  const { file, share, error, tooLarge } = state
  /** @type {import('react').RefObject<HTMLInputElement | null>} */
  const input = useRef(null)
  /** @type {import('react').RefObject<AbortController | null>} */
  const controller = useRef(null)
  useEffect(() => () => controller.current?.abort(), [])

  async function send(chosen) {
    if (!chosen) return
    if (chosen.size > maxBytes) return setState({ tooLarge: true })
    controller.current = new AbortController()
    const { signal } = controller.current
    setState({ file: chosen, share: 0 })
    try {
      const onProgress = (sent) => setState({ file: chosen, share: sent })
      const answer = await upload(path, chosen, { site, method, field, data, onProgress, signal })
      setState({})
      onUploaded(answer, chosen)
    } catch (failure) {
      if (!signal.aborted) setState({ file: chosen, error: failure })
      else setState({})
    }
    if (input.current) input.current.value = '' // so that the same file can be chosen again
  }

  function cancel() {
    controller.current.abort()
    input.current.focus()
  }

  const megabytes = i18n.number(maxBytes / 1e6, { maximumFractionDigits: 1 })
  // What is wrong with the file is said at the field. Other problems are explained below it.
  const refusals = (error?.problem?.errors ?? []).filter((one) => one.field === field)
  const fileError = refusals.map(({ message }) => message).join(' ')
  return (
    <div className="file-upload">
      <FormControl
        label={label}
        help={help}
        error={tooLarge ? t`Choose a file of at most ${megabytes} MB.` : fileError || undefined}
      >
        {(attributes) => (
          <input
            {...attributes}
            ref={input}
            type="file"
            accept={accept}
            aria-disabled={share !== undefined || undefined}
            onClick={(event) => share !== undefined && event.preventDefault()}
            onChange={(event) => send(event.target.files[0])}
          />
        )}
      </FormControl>
      {share !== undefined && <UploadProgress name={file.name} share={share} onCancel={cancel} />}
      {error && !fileError && <Problem error={error} onRetry={() => send(file)} />}
    </div>
  )
}

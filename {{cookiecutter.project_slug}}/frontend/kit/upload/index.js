// The module `@portal/ui/upload`: only pages that upload files load it.
import './upload.css'

export { FileUpload } from './FileUpload.jsx'
export { upload } from './upload.js'
export { UploadProgress } from './UploadProgress.jsx'

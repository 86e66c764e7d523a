// What the components of React Aria need here. The lazy parts of @portal/ui/choices and @portal/ui/dates import it before them.
import './aria.css'
import { setStrings } from './strings.js'

setStrings()

// React Aria adds a style element to pages without this id, which the content security policy forbids. aria.css has the rule.
const marker = document.createElement('meta')
marker.id = 'react-aria-pressable-style'
document.head.append(marker)

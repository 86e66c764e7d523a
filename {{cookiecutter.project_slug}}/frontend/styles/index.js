import './tokens.css'
import './base.css'
import './shell.css'
import './kit.css'

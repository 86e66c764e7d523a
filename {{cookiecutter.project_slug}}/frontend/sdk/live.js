// The lazy chunk with the code of sockets: see socket.js.
export { connectSocket } from './connection.js'
export { subscribe } from './topics.js'

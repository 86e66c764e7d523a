/** The person closed the dialog without confirming their identity. */
export class Cancelled extends Error {}

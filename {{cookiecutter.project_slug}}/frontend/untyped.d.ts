// The type of a library without types: see jsconfig.json.
export {}

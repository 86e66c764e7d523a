/** The key of the line that shows more of a group. @param {{key: string}} group */
export const moreKey = ({ key }) => `more-${key}`

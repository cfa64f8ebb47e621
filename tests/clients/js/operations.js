// What every client sends. A client that wants documents parsed parses them itself.
export const SIGN_UP = `mutation SignUp($input: SignupInput!) { signup(input: $input) { email verificationRequired } }`;
export const VERIFY = `mutation Verify($token: String!, $password: String!) {
  verifyEmail(token: $token, password: $password) { user { email role } }
}`;
export const LOGIN = `mutation Login($input: LoginInput!) { login(input: $input) { accessToken user { email role } } }`;
export const UPLOAD = `mutation Upload($file: Upload!) { upload(file: $file) { file { id name size sha256 } } }`;
export const UPLOAD_MANY = `mutation UploadMany($files: [Upload!]!) {
  uploadMany(files: $files) { files { id name size sha256 } }
}`;
export const SHARE = `mutation Share($input: ShareInput!) { share(input: $input) { shares { id recipient { email } } } }`;
export const FILES = `query Files($first: Int, $after: String) {
  files(first: $first, after: $after, orderBy: NAME) {
    totalCount
    nodes { id name size sha256 }
    pageInfo { hasNextPage endCursor }
  }
}`;
export const LINK = `mutation Link($id: ID!) { createDownloadLink(fileId: $id) { url expiresAt } }`;
export const FILE_SHARED = `subscription Shared { fileShared { id file { id name } sharedBy { name } } }`;
export const FILE_DOWNLOADED = `subscription Downloaded { fileDownloaded { at recipient { email } share { file { id } } } }`;

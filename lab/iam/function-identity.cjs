// AWS gives each function credentials of its own role. The emulator gives all of them the account's key; this puts the function's own in its place,
// before the function's code is loaded.
const { LAB_ACCESS_KEY_ID: accessKeyId, LAB_SECRET_ACCESS_KEY: secretAccessKey } = process.env;
if (accessKeyId && secretAccessKey) {
  process.env.AWS_ACCESS_KEY_ID = accessKeyId;
  process.env.AWS_SECRET_ACCESS_KEY = secretAccessKey;
  delete process.env.AWS_SESSION_TOKEN;
}

// Requests whose answers are kept as they came: status, headers, and the bytes that were on the wire.
import { request } from 'node:http';

/** No coding. */
export const PLAIN = 'identity';

/** GET with headers. Any status is an answer. */
export function get(address, headers) {
  return new Promise((done, fail) => {
    const call = request(address, { headers: { accept: '*/*', ...headers } }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () => done({ status: response.statusCode, headers: response.headers, bytes: Buffer.concat(chunks) }));
      response.on('error', fail);
    });
    call.on('error', fail);
    call.end();
  });
}

/** The same, and every status but 200 is an error. */
export async function getOk(address, headers) {
  const answer = await get(address, headers);
  if (answer.status !== 200) throw new Error(`${answer.status} ${address}: ${answer.bytes.toString().slice(0, 200)}`);
  return answer;
}

/** Fetches: the bytes as they were on the wire. */
export async function fetchBytes(address, coding) {
  return (await getOk(address, { 'accept-encoding': coding })).bytes;
}

// Plays the download site for scripts/prebuilt/test.sh: node site.mjs FOLDER PORT-FILE
// Serves the files of FOLDER, through a redirect as the real one. Below /silent/ it takes the request and never answers;
// below /stalls/ it sends half of the file and then nothing. Every request is written to FOLDER/requests.
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';

const [folder, portFile] = process.argv.slice(2);

const server = createServer((request, response) => {
  appendFileSync(join(folder, 'requests'), `${request.url}\n`);
  const [, mode, ...rest] = request.url.split('/');
  if (mode === 'silent') return;
  if (mode === 'good') {
    response.writeHead(302, { location: `/moved/${rest.join('/')}` }).end('moved');
    return;
  }
  const file = join(folder, rest.join('/'));
  if (!existsSync(file)) {
    response.writeHead(404).end('not found');
    return;
  }
  const bytes = readFileSync(file);
  response.writeHead(200, { 'content-length': bytes.length });
  if (mode === 'stalls') response.write(bytes.subarray(0, bytes.length / 2));
  else response.end(bytes);
});
server.listen(0, '127.0.0.1', () => writeFileSync(portFile, String(server.address().port)));

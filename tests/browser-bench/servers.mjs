// Those who serve a world: our server, which sends recipes or meshes, and nginx with what was baked.
import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { get } from '../path/http.mjs';
import { Server } from '../views/server.mjs';

const NGINX = process.env.NGINX ?? '/usr/sbin/nginx';
const MODULE = '/usr/lib/nginx/modules/ngx_http_brotli_static_module.so';

/** A `gable serve` that keeps nothing yet and does nothing but wait. With `sparing` its own seconds cost more than anything. */
export async function startGable(binary, folder, { sparing }) {
  const config = join(folder, sparing ? 'sparing.toml' : 'usual.toml');
  await writeFile(config, sparing ? '[weights]\nedge_second = 1e9\n' : '');
  const server = await Server.start(binary, { config });
  await server.generationSeconds();
  return server;
}

/** Bakes a world below a folder, packed by Brotli; what is there already stays. */
export async function bake(binary, folder, world) {
  await promisify(execFile)(binary, ['bake', world, '--output', join(folder, world), '--encoding', 'br']);
}

/** A port that is free now. */
async function freePort() {
  const listener = createServer();
  await new Promise((done) => listener.listen(0, '127.0.0.1', done));
  const { port } = listener.address();
  await new Promise((done) => listener.close(done));
  return port;
}

/** As `gable serve` says of its files: any origin may use them, content never changes. */
const settings = ({ folder, root, port }) => `
load_module ${MODULE};
daemon off;
pid ${folder}/nginx.pid;
error_log stderr crit;
user ${userInfo().username};
worker_processes auto;
events {}
http {
  access_log off;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 100000;
  types { application/json json; model/gltf-binary glb; application/octet-stream subtree; image/png png; image/jpeg jpg; }
  brotli_static on;
  add_header access-control-allow-origin *;
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/${name};`).join(' ')}
  server {
    listen 127.0.0.1:${port};
    root ${root};
    location / { expires 1m; }
    location ~ \\.(glb|subtree|png|jpg)$ { expires max; }
  }
}
`;

/** nginx with the files of a folder. */
export class Nginx {
  static async start(folder, root) {
    if (!existsSync(MODULE)) throw new Error(`${MODULE} is missing: on Debian, apt install libnginx-mod-http-brotli-static`);
    const nginx = new Nginx();
    const port = await freePort();
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'nginx.conf'), settings({ folder, root, port }));
    const flags = ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', 'stderr'];
    nginx.child = spawn(NGINX, flags, { stdio: ['ignore', 'ignore', 'inherit'] });
    nginx.ended = new Promise((done) => nginx.child.once('exit', done));
    nginx.end = () => nginx.child.kill('SIGTERM');
    process.once('exit', nginx.end);
    nginx.base = `http://127.0.0.1:${port}`;
    for (let look = 0; !(await get(nginx.base, {}).catch(() => undefined)); look += 1) {
      if (look === 100) throw new Error('nginx does not serve');
      await new Promise((done) => setTimeout(done, 50));
    }
    return nginx;
  }

  async stop() {
    this.end();
    await this.ended;
    process.removeListener('exit', this.end);
  }
}

/** A certificate authority of a test's own, by openssl. */
import { join } from 'node:path';
import { run } from './namespaces.ts';

export interface Certificate {
  readonly certificate: string;
  readonly key: string;
}

const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '3650'];

export class Authority {
  readonly #folder: string;
  readonly root: Certificate;

  /** `name` distinguishes the files of several in one folder. */
  constructor(folder: string, name: string) {
    this.#folder = folder;
    this.root = this.#files(name);
    const usage = ['-addext', 'keyUsage=critical,keyCertSign,digitalSignature'];
    run(['openssl', 'req', '-x509', ...newKey, ...usage, '-subj', `/CN=${name}`, ...this.#output(this.root)]);
  }

  server(name: string, alternatives: readonly string[]): Certificate {
    const names = alternatives.map((each) => (/^[\d.]+$|:/.test(each) ? `IP:${each}` : `DNS:${each}`));
    return this.#sign(name, `/CN=${name}`, ['-addext', `subjectAltName=${names.join(',')}`]);
  }

  /** For TLS client authentication: the API server reads the user from CN and the groups from O. */
  client(user: string, groups: readonly string[]): Certificate {
    const subject = [...groups.map((group) => `/O=${group}`), `/CN=${user}`].join('');
    return this.#sign(user, subject, ['-addext', 'extendedKeyUsage=clientAuth']);
  }

  #sign(name: string, subject: string, options: readonly string[]): Certificate {
    const files = this.#files(name);
    const signer = ['-CA', this.root.certificate, '-CAkey', this.root.key];
    const plain = ['-addext', 'basicConstraints=critical,CA:FALSE'];
    run([
      'openssl',
      'req',
      '-x509',
      ...newKey,
      ...signer,
      '-subj',
      subject,
      ...plain,
      ...options,
      ...this.#output(files),
    ]);
    return files;
  }

  #files(name: string): Certificate {
    return { certificate: join(this.#folder, `${name}.crt`), key: join(this.#folder, `${name}.key`) };
  }

  #output({ certificate, key }: Certificate): readonly string[] {
    return ['-out', certificate, '-keyout', key];
  }
}

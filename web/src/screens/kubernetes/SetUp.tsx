// What to do while no cluster has sent anything: the drop-box, in three steps.

import { CopyButton } from "@/ui/parts";
import { Icon } from "@/ui/icons";

const CONFIGURE = `kubernetes:
  dropboxes:
    - bucket: acme-clusters
      region: eu-west-1
      account: "111111111111"
      prefix: clusters/
  clusters:
    - name: prod-eu
      account: "222222222222"
      region: eu-west-1`;
const TRY = "cadastre-dropbox --cluster prod-eu --url s3://acme-clusters/clusters/prod-eu --dry-run";
const INSTALL = "cadastre-dropbox --cluster prod-eu --url s3://acme-clusters/clusters/prod-eu --install";
const BY_HAND = "cadastre kubernetes ingest --cluster prod-eu --account 222222222222 pods.json.gz";

function Command({ text, what }: { text: string; what: string }) {
  return (
    <div className="command">
      <pre tabIndex={0}>{text}</pre>
      <CopyButton text={text} what={what} />
    </div>
  );
}

export function SetUp() {
  return (
    <section className="panel set-up">
      <div className="line">
        <Icon name="kubernetes" size={22} className="mark" strokeWidth={1.1} />
        <h2>No cluster is known yet</h2>
      </div>
      <p className="dim">
        Nothing is installed in a cluster, and nothing reaches into it: where kubectl works already, a script reads the
        cluster and puts what it read into a bucket. Secrets and ConfigMaps are never asked for.
      </p>
      <ol>
        <li>
          <h3>Name the bucket and its clusters in cadastre.yaml</h3>
          <p className="dim">
            dropbox/cloudformation.yaml makes the bucket, its key and its policies; dropbox/rbac.yaml an account that
            reads and cannot read Secrets.
          </p>
          <Command text={CONFIGURE} what="the configuration" />
        </li>
        <li>
          <h3>On the machine that has kubectl, see what would be sent, then let cron do it</h3>
          <Command text={TRY} what="the command" />
          <Command text={INSTALL} what="the command" />
        </li>
        <li>
          <h3>Or read a list by hand, without any bucket</h3>
          <Command text={BY_HAND} what="the command" />
        </li>
      </ol>
      <p className="dim">The first dump is here a minute after it was put there; this page fills by itself.</p>
    </section>
  );
}

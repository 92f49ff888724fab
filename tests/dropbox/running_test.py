"""How cadastre-dropbox runs: settings, the lock, limits, signals, and that nothing stays behind."""

import os
import signal
import subprocess
import time
import unittest

from api_server import HANG, forbidden
from rig import PATIENCE, SCRIPT, Dump, DropboxTest, WithBusybox, main

PODS, NODES = "/api/v1/pods", "/api/v1/nodes"


class ThreeByThree(DropboxTest):
    def setUp(self) -> None:
        super().setUp()
        self.cluster.add(PODS, "Pod", 3)
        self.cluster.add(NODES, "Node", 3)


class Settings(ThreeByThree):
    def refused(self, *options: str, **settings) -> str:
        out, err = self.run_script(*options, code=2, **settings)
        self.assertEqual((out, err.count("\n"), self.cluster.asked), ("", 1, []), err)
        return err

    def test_secrets_and_config_maps_are_refused(self) -> None:
        for kind in ("secrets", "configmaps", "secrets/v1", "pods secrets?limit=1", "secrets.example.com", "secret", "cm"):
            self.assertIn("is never dumped", self.refused(kinds=kind), kind)
        self.assertIn("is never dumped", self.refused(more_kinds="secrets"))
        for kind in ("pods/v1/../secrets", "namespaces/x/secrets", "Secrets", "pods/../../v1/secrets", "pods?limit=1;id", "pods?a+b", "$(id)", "*",
                     "?limit=1", "/v1", ".apps"):
            self.assertRegex(self.refused(kinds=kind), "is not of the form", kind)

    def test_mistakes_name_what_is_wrong(self) -> None:
        self.assertIn("the setting cluster is ''", self.refused(cluster=None))
        self.assertIn("the setting cluster is 'a b'", self.refused(cluster="a b"))
        for url in ("", "s3://bucket", "s3://bucket/", "http://x/y", "relative"):
            self.assertIn(f"the setting url is '{url.rstrip('/')}'", self.refused(url=url))
        self.assertIn("the setting page_size is '0'", self.refused(page_size=0))
        self.assertIn("there is no option --page-sice", self.refused("--page-sice=7"))
        self.assertIn("the option --tries needs a value", self.refused("--tries"))
        self.assertIn("/nowhere.conf cannot be read", self.refused("-c", "/nowhere.conf"))
        self.assertIn("nosuch-kubectl is not in PATH", self.refused(kubectl="nosuch-kubectl"))

    def test_a_file_an_environment_and_options_in_this_order(self) -> None:
        file = self.folder / "conf"
        file.write_text('# a comment\n\ncluster="from-file"\nkinds=pods nodes\npage_size=1\ntries=7')
        self.environment["CADASTRE_DROPBOX_PAGE_SIZE"] = "2"
        self.run_script("-c", str(file), code=0, cluster=None)
        (dump,) = map(Dump, self.dumps())
        self.assertEqual((dump.manifest["cluster"], dump.outcomes()), ("from-file", {"pods": "complete", "nodes": "complete"}))
        self.assertEqual(len(dump.kinds["pods"]["files"]), 2)  # pages of two: the environment's word
        self.run_script("-c", str(file), code=0, cluster="by-option", page_size=3)
        self.assertEqual([len(Dump(d).kinds["pods"]["files"]) for d in self.dumps() if "by-option" in (d / "manifest.json").read_text()], [1])

    def test_a_file_is_read_and_never_run(self) -> None:
        file = self.folder / "conf"
        file.write_text(f"cluster=x\ntouch {self.folder}/run\n")
        self.assertIn(f"{file}:2: ", self.refused("-c", str(file), cluster=None))
        file.write_text(f"cluster=$(touch {self.folder}/run)\n")
        self.refused("-c", str(file), cluster=None)
        self.assertFalse((self.folder / "run").exists())

    def test_help_version_and_crontab(self) -> None:
        out, _ = self.run_script("--help", code=0)
        self.assertIn("Exit codes: 0", out)
        self.assertRegex(self.run_script("--version", code=0)[0], r"^cadastre-dropbox \d+\.\d+\.\d+\n$")
        out, err = self.run_script("--install", "-c", "/dev/null", code=0)
        comment, line = out.splitlines()
        self.assertRegex(line, rf"^[0-4]-59/5 \* \* \* \* PATH=\S+ {SCRIPT} -c /dev/null 2>&1 \| logger -t cadastre-dropbox$")
        self.assertEqual((comment[0], err, self.cluster.asked), ("#", "", []))

    def test_a_dry_run_reads_and_delivers_nothing(self) -> None:
        self.cluster.fault(NODES, forbidden("nodes"), "…")
        out, err = self.run_script("--dry-run", code=3, kinds="pods nodes")
        self.assertRegex(out, r"pods +complete +1 pages")
        self.assertRegex(out, r"nodes +denied +0 pages .*forbidden")
        self.assertIn("nothing uploaded", err)
        self.assertEqual(self.dumps(), [])


class Running(ThreeByThree):
    def test_a_server_that_is_gone_makes_no_dump(self) -> None:
        self.server.close()
        _, err = self.run_script(code=1)
        self.assertRegex(err, "^[^\n]*the API server of the cluster prod-eu does not answer: [^\n]*refused[^\n]*\n$")
        self.assertEqual(self.dumps(), [])

    def test_a_context_that_does_not_exist(self) -> None:
        _, err = self.run_script(code=1, context="nosuch")
        self.assertRegex(err, "kubectl cannot read how to reach the cluster prod-eu: .*nosuch")

    def test_the_time_limit_cuts_and_still_delivers(self) -> None:
        self.cluster.fault(PODS, HANG, "…")
        began = time.monotonic()
        dump = self.dump(3, kinds="pods nodes", time_limit=8)
        self.assertLess(time.monotonic() - began, 30)
        self.assertEqual(dump.outcomes(), {"pods": "cut", "nodes": "cut"})
        self.assertEqual(dump.kinds["nodes"]["message"], "the time limit of 8 s has run out")

    def test_the_disk_limit_cuts_and_still_delivers(self) -> None:
        self.cluster.add("/api/v1/services", "Service", 3, padding=20_000_000)
        dump = self.dump(3, kinds="pods services nodes", disk_limit=24, page_size=1000)
        self.assertEqual(dump.outcomes(), {"pods": "complete", "services": "cut", "nodes": "complete"})
        self.assertRegex(dump.kinds["services"]["message"], "file too large")

    # ---- one at a time, and nothing stays behind

    def hanging(self, **settings) -> subprocess.Popen:
        self.cluster.fault(PODS, HANG, "…")
        process = self.start(**settings)
        self.until(lambda: any(PODS in path for path in self.cluster.asked), "the request for pods")
        return process

    def until(self, condition, what: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while not condition():
            self.assertLess(time.monotonic(), deadline, f"not within {PATIENCE} s: {what}")
            time.sleep(0.02)

    def test_a_second_run_waits_for_nobody(self) -> None:
        first = self.hanging()
        second = self.start()
        _, err = second.communicate(timeout=PATIENCE)
        self.assertEqual(second.returncode, 75, err)
        self.assertIn(f"another run (process {first.pid}) for the cluster prod-eu is still going on", err)
        self.assertIsNone(first.poll())
        other = self.start(cluster="other", kinds="nodes")  # another cluster has its own lock
        _, err = other.communicate(timeout=PATIENCE)
        self.assertEqual(other.returncode, 0, err)

    def test_a_killed_run_is_cleaned_up_by_the_next(self) -> None:
        first = self.hanging()
        first.kill()
        first.wait()
        self.assertEqual(len(self.left_behind()), 2)  # its lock and its unfinished dump
        self.cluster.faults.clear()
        self.dump(0, kinds="pods")  # which looks whether anything stayed behind

    def test_a_lock_that_says_nothing_is_taken_over(self) -> None:
        (self.folder / "state").mkdir()
        for content in ("", "nonsense\n", f"{os.getpid()} 1\n"):  # the last: a process that lives, its time long over
            (self.folder / "state" / "prod-eu.lock").write_text(content)
            self.dump(0, kinds="pods")

    def test_signals_end_it_at_once_and_cleanly(self) -> None:
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            self.cluster.asked.clear()
            process = self.hanging()
            process.send_signal(number)
            process.communicate(timeout=PATIENCE)
            self.assertEqual(process.returncode, 128 + number)
            self.assertEqual((self.left_behind(), self.dumps()), ([], []))
            self.assertEqual(self.children(), [])

    def children(self) -> list[str]:
        """Processes of ours that still talk to the server; a dying one is given its moment."""
        def running() -> list[str]:
            found = subprocess.run(["ps", "-eo", "pid,args"], capture_output=True, text=True, check=True).stdout.splitlines()
            return [line for line in found if "get --raw" in line and str(self.folder) in open_environment(line.split()[0])]

        try:
            self.until(lambda: not running(), "the end of kubectl")
        except AssertionError:
            pass
        return running()

    def test_files_are_for_the_owner_only(self) -> None:
        self.hanging()
        for path in (self.folder / "state").rglob("*"):
            self.assertEqual(path.stat().st_mode & 0o077, 0, path)


def open_environment(pid: str) -> str:
    try:
        with open(f"/proc/{pid}/environ") as file:
            return file.read()
    except OSError:
        return ""


class SettingsWithBusybox(WithBusybox, Settings):
    pass


class RunningWithBusybox(WithBusybox, Running):
    test_the_time_limit_cuts_and_still_delivers = None  # reading_test.py has an answer that does not come, under busybox too


class RunningWithBash(Running):
    shell = ["bash"]
    # Nothing in these is the shell's own, and they take their time.
    test_the_time_limit_cuts_and_still_delivers = test_the_disk_limit_cuts_and_still_delivers = None


if __name__ == "__main__":
    main()

"""docs/kinds is what `cadastre kinds --markdown` writes: run that command when this fails."""
import filecmp
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent
CADASTRE = os.environ["CADASTRE"]


class KindsPages(unittest.TestCase):
    def test_pages_are_those_of_the_catalogue(self):
        with tempfile.TemporaryDirectory() as folder:
            # Away from any cadastre.yaml, whose own kinds would be listed as well.
            subprocess.run([CADASTRE, "kinds", "--markdown", folder], check=True, cwd=folder)
            made, kept = sorted(os.listdir(folder)), sorted(os.listdir(ROOT / "docs" / "kinds"))
            self.assertEqual(made, kept)
            self.assertGreater(len(made), 50)
            same, different, odd = filecmp.cmpfiles(folder, ROOT / "docs" / "kinds", made, shallow=False)
            self.assertEqual((different, odd), ([], []), "renew them: cadastre kinds --markdown docs/kinds")


if __name__ == "__main__":
    unittest.main(argv=sys.argv)

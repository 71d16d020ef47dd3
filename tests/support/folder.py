# SPDX-License-Identifier: Apache-2.0
"""folder - a temporary folder to put files into."""

import os
import shutil
import tempfile


class Folder:
    """with Folder() as f: f.put(...)"""

    def __enter__(self):
        self.path = tempfile.mkdtemp(prefix="straymail-test-")
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.path)

    def put(self, name, content):
        path = os.path.join(self.path, name)
        with open(path, "wb") as file:
            file.write(content)
        return path

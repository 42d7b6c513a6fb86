"""``dislo-gen app``: a page in the browser to make images, to find lines and to see what each setting does.

It stands on the public names of `dislo_gen` and `dislo_gen.learning` alone, as a third party's package would, and
comes in through the entry-point group ``dislo_gen.commands``. It needs the extra ``app``:
``pip install 'dislo-gen[app]'``.
"""

"""A story as slides: `podrace deck`.

``plan`` cuts it into slides, ``ground`` and ``template`` say what they are set on, ``build`` makes the shapes, ``charts`` and
``tables`` what stands in them, ``save`` the file.
"""
